// Lays every formula out: Sphinx's own (.math), and those that objects print in HTML.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  // what the theme and myst-nb call a button must be what stands on it
  document.querySelectorAll(".search-button-field").forEach((each) => {
    each.setAttribute("aria-label", each.textContent.replace(/\s+/g, " ").trim());
  });
  document.querySelectorAll("details > summary").forEach((each) => {
    const above = each.closest("li")?.querySelector("a");
    if (each.textContent.trim()) each.removeAttribute("aria-label");
    else each.setAttribute("aria-label", `Pages under ${above ? above.textContent.trim() : "this one"}`);
  });
  const options = { throwOnError: false, strict: "ignore" };
  document.querySelectorAll("span.math, div.math").forEach((place) => {
    const text = place.textContent.trim().replace(/^\\[([]|\\[)\]]$/g, "");
    katex.render(text, place, { ...options, displayMode: place.tagName === "DIV" });
  });
  document.querySelectorAll(".output.text_html").forEach((place) => {
    renderMathInElement(place, {
      ...options,
      delimiters: [
        { left: "$$", right: "$$", display: true },
        { left: "\\[", right: "\\]", display: true },
        { left: "\\(", right: "\\)", display: false },
        { left: "$", right: "$", display: false },
      ],
    });
  });
  // a formula wider than the page is set smaller, down to readable, and scrolls beyond that
  const fit = () => document.querySelectorAll("div.math").forEach((place) => {
    place.style.fontSize = "";
    if (place.scrollWidth > place.clientWidth) {
      place.style.fontSize = `${Math.max(0.7, (0.98 * place.clientWidth) / place.scrollWidth)}em`;
    }
    place.classList.toggle("wide", place.scrollWidth > place.clientWidth);
  });
  fit();
  document.fonts.ready.then(fit);
  window.addEventListener("resize", fit);
  // a column of numbers stands on the right, with its head
  const number = /^[−-]?[\d.,]+(e[+-]?\d+)?( ?%)?$/;
  document.querySelectorAll(".bd-article table").forEach((table) => {
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    for (let i = 0; i < (rows[0]?.cells.length ?? 0); i += 1) {
      const cells = rows.map((row) => row.cells[i]).filter(Boolean), said = cells.map((cell) => cell.textContent.trim());
      if (!said.some((text) => number.test(text)) || !said.every((text) => number.test(text) || /^[—–-]?$/.test(text))) continue;
      [...cells, table.tHead?.rows[0]?.cells[i]].forEach((cell) => cell?.classList.add("numeral"));
    }
  });
  // what scrolls sideways is reached by the keyboard
  const reach = () => document.querySelectorAll(".bd-article table, .output.text_html").forEach((each) => {
    if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
  });
  reach();
  window.addEventListener("resize", reach);
});
