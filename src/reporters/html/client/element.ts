/** Makes elements. Text goes in as text. */

type Attributes = Readonly<Record<string, string | boolean>>

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, '')
    else if (value !== false) made.setAttribute(key, value)
  }
  made.append(...children)
  return made
}

export function formatCount(value: number): string {
  return value.toLocaleString('en-US')
}

/** A button that stays pressed until it is pressed again. */
export function chip(content: readonly (Node | string)[], onChange: (pressed: boolean) => void): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'chip', 'aria-pressed': 'false' }, ...content)
  button.addEventListener('click', () => {
    const pressed = button.getAttribute('aria-pressed') !== 'true'
    button.setAttribute('aria-pressed', String(pressed))
    onChange(pressed)
  })
  return button
}

export function choice(
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  onChange: (value: string) => void,
): HTMLLabelElement {
  const select = element('select', {}, ...options.map(([value, text]) => element('option', { value }, text)))
  select.addEventListener('change', () => onChange(select.value))
  return element('label', { class: 'field' }, element('span', {}, label), select)
}

export function searchField(label: string, onInput: (text: string) => void): HTMLLabelElement {
  const input = element('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' })
  input.addEventListener('input', () => onInput(input.value))
  return element('label', { class: 'field search' }, element('span', {}, label), input)
}
