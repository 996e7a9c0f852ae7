/** Light or dark, as the system has it or as the reader wants it. */
const THEMES = ['automatic', 'light', 'dark'] as const

export function startTheme(): void {
  const button = document.getElementById('theme')
  if (button === null) return
  let chosen = 0
  button.hidden = false
  button.addEventListener('click', () => {
    chosen = (chosen + 1) % THEMES.length
    const theme = THEMES[chosen] ?? 'automatic'
    if (theme === 'automatic') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
    button.textContent = `Theme: ${theme}`
  })
}
