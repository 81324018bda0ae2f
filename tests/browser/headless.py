"""A Chromium without a screen and without a network, for the tests of pages; what the tests of a page ask of each."""
import shutil
import time

MISSING = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.keys import Keys
except ImportError:
    MISSING.append("python3-selenium")

HOSTILE = "<script>document.title='broken'</script><img src=x onerror=alert(1)>"


def browser(width=1280, height=900, local=False):
    """No network: every name of a host fails, and so does every address but a file or, with `local`, this machine."""
    options = Options()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--host-resolver-rules=MAP * ~NOTFOUND" + (", EXCLUDE 127.0.0.1" if local else ""),
                     *([] if local else ["--proxy-server=127.0.0.1:9"]), f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.binary_location = shutil.which("chromium")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    driver.set_script_timeout(60)
    return driver


class Driven:
    """For a test case that has a `driver`: scripts in its page, or in that of another."""

    def script(self, text, *arguments, driver=None):
        return (driver or self.driver).execute_script(text, *arguments)

    def wait(self, text, *arguments, driver=None, seconds=90):
        """Until a script gives something true, which is returned."""
        end = time.monotonic() + seconds
        while True:
            found = self.script(text, *arguments, driver=driver)
            if found:
                return found
            if time.monotonic() > end:
                self.fail(f"never true: {text}")
            time.sleep(0.03)


def tab_through(driver):
    """The elements that the tab key reaches, in order, as (tag, class); how many of them show that they have the focus; and
    what could be used and is not reached. Of radio buttons with one name only one is reached by tab."""
    seen, outlined = [], 0
    for _ in range(400):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        number, tag, kind, outline = driver.execute_script(
            "const e = document.activeElement; if (!window.order) window.order = new Map();"
            "if (!window.order.has(e)) window.order.set(e, window.order.size);"
            "const s = getComputedStyle(e), n = e.nextElementSibling, t = n && getComputedStyle(n);"
            "return [window.order.get(e), e.tagName, e.className, s.outlineStyle !== 'none' || "
            "(e.type === 'radio' && t.outlineStyle !== 'none')]")
        if tag == "BODY" or (seen and number == 0):
            break
        seen.append((tag, kind))
        outlined += outline
    missed = driver.execute_script(
        "const radios = new Set([...window.order.keys()].filter((e) => e.type === 'radio').map((e) => e.name));"
        "return [...document.querySelectorAll('a[href], button, select, input, summary')].filter((e) => "
        "e.checkVisibility() && !e.disabled && !window.order.has(e) && !(e.type === 'radio' && radios.has(e.name)))"
        ".map((e) => e.outerHTML.slice(0, 99))")
    return seen, outlined, missed


# The worst contrast of a text that can be seen to what is behind it, and where; details are opened.
CONTRAST = """
  const part = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = (c) => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const rgba = (text) => { const v = text.match(/[\\d.]+/g).map(Number); return v.length < 4 ? [...v, 1] : v; };
  const behind = (e) => { for (; e; e = e.parentElement) {
    const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; } return [255, 255, 255, 1]; };
  document.querySelectorAll('details').forEach((d) => { d.open = true; });
  let worst = [99, ''];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !e.offsetParent || e.closest('script, style, noscript')) continue;
    const a = light(rgba(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, e.outerHTML.slice(0, 200)];
  }
  return worst;"""

# What keeps a screen reader from finding its way.
FAULTS = """
  const faults = [];
  const named = (e) => e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length);
  if (document.documentElement.lang !== 'en') faults.push('no language');
  for (const c of document.querySelectorAll('canvas'))
    if (c.getAttribute('role') !== 'img' || !c.getAttribute('aria-label')) faults.push('a canvas without words');
  for (const e of document.querySelectorAll('button, select, input, a, summary'))
    if (!named(e)) faults.push(e.outerHTML);
  for (const t of document.querySelectorAll('table'))
    if (!t.caption || !t.querySelector('th[scope=col]')) faults.push('a table without caption or heads');
  for (const s of document.querySelectorAll('section'))
    if (!document.getElementById(s.getAttribute('aria-labelledby'))) faults.push('a section without a name');
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  if (new Set(ids).size !== ids.length) faults.push('an id given twice');
  for (const a of document.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(a.getAttribute('href').slice(1))) faults.push('a link to nowhere');
  for (const name of ['header', 'nav', 'main', 'footer'])
    if (document.querySelectorAll(name).length !== 1) faults.push(`not one ${name}`);
  return faults;"""
