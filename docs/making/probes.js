// What docs/making/browser.py asks of a page: each function returns plain data.

// Layout: nothing wider than the page, every formula laid out, no LaTeX among the words.
function laidOut() {
  const formulas = [...document.querySelectorAll("span.math, div.math")];
  const wide = [...document.querySelectorAll("body *")].filter((each) => {
    const box = each.getBoundingClientRect();
    if (box.width === 0 || box.right <= innerWidth + 1) return false;
    for (let up = each.parentElement; up; up = up.parentElement) {
      if (/(auto|scroll|hidden|clip)/.test(getComputedStyle(up).overflowX)) return false;
    }
    return !each.closest(".katex-mathml, dialog, .sr-only");
  });
  const words = [...document.querySelectorAll("article p, article li, article td, article h1, article h2")]
    .map((each) => each.cloneNode(true));
  words.forEach((each) => each.querySelectorAll("pre, code, .katex").forEach((inner) => inner.remove()));
  return {
    width: document.documentElement.scrollWidth - innerWidth,
    wide: wide.slice(0, 3).map((each) => `${each.tagName}.${each.className}`),
    plain: formulas.filter((each) => !each.querySelector(".katex")).length,
    refused: [...document.querySelectorAll(".katex-error")].map((each) => each.title),
    flat: formulas.filter((each) => each.offsetParent && each.getBoundingClientRect().height < 4).length,
    raw: words.flatMap((each) => each.textContent.match(/\\(frac|left|lambda|text)\b/g) || []),
  };
}

// The page to play with: its numbers, its curves, the smallest thing to touch.
function played() {
  const root = document.getElementById("play");
  const cell = (row) => root.querySelector(`[data-row="${row}"] td`).textContent;
  const touched = [...root.querySelectorAll("button, select, input")].filter((each) => each.offsetParent);
  return {
    peak: cell("peak"),
    burnIn: cell("burn-in"),
    initial: cell("initial"),
    t: Number(root.querySelector("input[name=t]").value),
    shortest: Math.min(...[...root.querySelectorAll("svg path")].map((each) => each.getAttribute("d").length)),
    least: Math.min(...touched.map((each) => each.getBoundingClientRect().height)),
  };
}

// A finger on the picture of the errors, at 70 per cent of its width.
function touch() {
  const chart = document.querySelector("[data-chart=errors]");
  const box = chart.getBoundingClientRect();
  const place = { clientX: box.left + box.width * 0.7, clientY: box.top + box.height / 2 };
  chart.dispatchEvent(new PointerEvent("pointerdown", { pointerType: "touch", pointerId: 7, bubbles: true, ...place }));
}

// axe-core's violations, a row each: impact, rule, how many, where.
async function violations() {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map((each) => [each.impact, each.id, each.nodes.length,
    each.nodes.slice(0, 2).map((node) => `${node.html.slice(0, 160)} ${(node.any[0] || { message: "" }).message}`).join(" | ")]);
}
