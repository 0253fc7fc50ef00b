// Lays every formula out: Sphinx's own (.math), and those that objects print in HTML.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  // what the theme and myst-nb call a button must be what stands on it
  document.querySelectorAll(".search-button-field").forEach((each) => {
    each.setAttribute("aria-label", each.textContent.replace(/\s+/g, " ").trim());
  });
  document.querySelectorAll("details > summary[aria-label]").forEach((each) => each.removeAttribute("aria-label"));
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
  document.querySelectorAll(".bd-article td").forEach((cell) => {
    const said = cell.textContent.trim();
    if (!/^[−-]?[\d.,]+(e[+-]?\d+)?( ?%)?$/.test(said)) return;
    cell.classList.add("numeral");
    cell.closest("table").tHead?.rows[0]?.cells[cell.cellIndex]?.classList.add("numeral");
  });
  // what scrolls sideways is reached by the keyboard
  const reach = () => document.querySelectorAll(".bd-article table, .output.text_html").forEach((each) => {
    if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
  });
  reach();
  window.addEventListener("resize", reach);
});
