// The page to play with: what the sliders say is run, drawn, put into words and into Python.
"use strict";
(() => {
  const root = document.getElementById("play");
  if (!root) return;
  const form = root.querySelector("form"), field = form.elements, STEPS = 200;
  const titles = {
    "gradient descent": "gradient descent", "heavy ball": "heavy ball", Nesterov: "Nesterov",
    Chebyshev: "Chebyshev", Sobolev: "Sobolev", harmonic: "Sobolev, harmonic measure",
  };
  const takes = {
    "gradient descent": ["step"], "heavy ball": ["step", "momentum"], Nesterov: ["step", "momentum"],
    Chebyshev: [], Sobolev: ["eta"], harmonic: ["eta"],
  };
  const python = {
    "gradient descent": (k, o) => `pr.GradientDescent(${o.step})`,
    "heavy ball": (k, o) => `pr.HeavyBall(${o.step}, ${o.momentum})`,
    Nesterov: (k, o) => `pr.Nesterov(${o.step}, ${o.momentum})`,
    Chebyshev: (k) => `pr.Chebyshev(${k}, 1.0)`,
    Sobolev: (k, o) => `pr.Sobolev(pr.GegenbauerDensity(${k}, 1.0, 0), eta=${o.eta})`,
    harmonic: (k, o) => `pr.HarmonicSobolev(${k}, 1.0, eta=${o.eta})`,
  };
  for (const name of Recurrences.methods) {
    field.method.add(new Option(titles[name], name));
    field.other.add(new Option(titles[name], name));
  }
  field.other.add(new Option("nothing", ""));

  const short = (x) => Number(x.toPrecision(3));
  const shown = (x) => (x === 0 ? "0" : Math.abs(x) >= 1e4 || Math.abs(x) < 1e-3 ? typeset(x.toExponential(3)) : x.toPrecision(4));
  const raised = (digits) => [...digits].map((each) => (each === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(each)])).join("");
  const typeset = (text) => text.replace(/^1e\+?(-?\d+)$/, (_, e) => `10${raised(e)}`).replace(/e\+?(-?\d+)$/, (_, e) => `·10${raised(e)}`);
  const power = (name) => short(10 ** Number(field[name].value));

  // What the sliders say; those of step and momentum belong to the first method, the other is tuned.
  function asked() {
    const kappa = power("kappa"), options = {};
    for (const name of takes[field.method.value]) {
      options[name] = name === "eta" ? power("eta") : Number(field[name].value);
    }
    const tuned = Recurrences.tuned[field.method.value](kappa);
    // where a slider stands at a value that has a name, take it to the last digit
    const named = { step: [tuned.step, 1, Math.SQRT2], momentum: [tuned.momentum] };
    for (const name of ["step", "momentum"]) {
      const meant = named[name].find((value) => Math.abs(value - options[name]) <= (name === "step" ? 0.0026 : 0.00051));
      if (meant !== undefined) options[name] = meant;
    }
    return { kappa, options, method: field.method.value, other: field.other.value, t: Number(field.t.value), cross: power("cross") };
  }

  function analysed(name, kappa, options, cross) {
    const run = Recurrences.run(name, kappa, options, STEPS);
    const curves = { iterates: run.curve("residual"), jacobian: run.curve("initial"), joint: run.jointCurve(1, cross) };
    return { name, run, curves, peak: run.peak("initial", curves.jacobian), burnIn: run.burnIn("initial", curves.jacobian) };
  }

  let state = null, first = null, other = null, timer = 0;

  function compute() {
    state = asked();
    first = analysed(state.method, state.kappa, state.options, state.cross);
    const options = takes[state.other] && takes[state.other].includes("eta") ? { eta: power("eta") } : {};
    state.otherOptions = state.other ? { ...Recurrences.tuned[state.other](state.kappa), ...options } : {};
    other = state.other && (state.other !== state.method || JSON.stringify(state.otherOptions) !== JSON.stringify(state.options))
      ? analysed(state.other, state.kappa, state.otherOptions, state.cross) : null;
    draw();
  }

  function label() {
    field.kappaShown.value = power("kappa");
    field.stepShown.value = short(Number(field.step.value));
    field.momentumShown.value = short(Number(field.momentum.value));
    field.etaShown.value = power("eta");
    field.tShown.value = field.t.value;
    field.crossShown.value = power("cross");
    root.querySelectorAll("[data-option]").forEach((each) => {
      const used = takes[field.method.value].includes(each.dataset.option);
      const others = each.dataset.option === "eta" && field.other.value && takes[field.other.value].includes("eta");
      each.hidden = !(used || others);
    });
  }

  // ---------------------------------------------------------------- drawing
  const NS = "http://www.w3.org/2000/svg";
  function put(parent, kind, attributes, text) {
    const made = document.createElementNS(NS, kind);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  function frame(name, height) {
    const svg = root.querySelector(`[data-chart="${name}"]`), width = Math.max(svg.clientWidth, 240);
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.style.height = `${height}px`;
    const box = { left: 52, right: width - 14, top: 14, bottom: height - 32 };
    return { svg, box, width, height };
  }

  const path = (xs, ys, x, y) => {
    let text = "", pen = false;
    for (let i = 0; i < xs.length; i += 1) {
      if (!Number.isFinite(ys[i])) { pen = false; continue; }
      text += `${pen ? "L" : "M"}${x(xs[i]).toFixed(1)} ${y(ys[i]).toFixed(1)}`;
      pen = true;
    }
    return text;
  };

  function drawErrors() {
    const { svg, box } = frame("errors", 300), runs = other ? [other, first] : [first];
    const all = runs.flatMap(({ curves }) => [...curves.iterates, ...curves.jacobian, ...curves.joint]).filter((v) => v > 0 && Number.isFinite(v));
    const high = Math.ceil(Math.log10(Math.max(...all, 1)) + 0.15), low = Math.max(Math.floor(Math.log10(Math.min(...all))), high - 12, -10);
    const span = box.bottom - box.top, clip = (v) => Math.min(Math.max(Math.log10(Math.max(v, 1e-300)), low), high);
    const x = (t) => box.left + ((box.right - box.left) * t) / STEPS, y = (v) => box.top + (span * (high - clip(v))) / (high - low);
    const every = Math.max(1, Math.ceil((high - low) / 6));
    for (let e = low; e <= high; e += every) {
      put(svg, "line", { class: "axis", x1: box.left, x2: box.right, y1: y(10 ** e), y2: y(10 ** e) });
      put(svg, "text", { x: box.left - 6, y: y(10 ** e) + 4, "text-anchor": "end" }, e === 0 ? "1" : typeset(`1e${e}`));
    }
    for (let t = 0; t <= STEPS; t += 50) put(svg, "text", { x: x(t), y: box.bottom + 18, "text-anchor": "middle" }, t === STEPS ? `t = ${t}` : t);
    svg.lastChild.setAttribute("text-anchor", "end");
    put(svg, "line", { class: "one", x1: box.left, x2: box.right, y1: y(1), y2: y(1) });
    for (const { run, curves, peak, burnIn } of runs) {
      const side = run === first.run ? "first" : "other", ts = curves.iterates.map((_, t) => t);
      for (const kind of ["joint", "iterates", "jacobian"]) {
        const cut = curves[kind].map((v) => (Math.log10(v) < low ? NaN : v));
        put(svg, "path", { class: `${side} ${kind}`, d: path(ts, cut, x, y) });
      }
      if (peak[0] > 0) put(svg, "circle", { class: side, cx: x(peak[0]), cy: y(peak[1]), r: 5 });
      if (burnIn > 0) put(svg, "circle", { class: side, cx: x(burnIn), cy: y(1), r: 4 });
      if (peak[0] > 0 && side === "first") {
        const flip = x(peak[0]) > box.right - 150;
        put(svg, "text", { class: "note", x: x(peak[0]) + (flip ? -8 : 8), y: Math.max(y(peak[1]) - 6, 12), "text-anchor": flip ? "end" : "start" }, `peak ${shown(peak[1])} at t = ${peak[0]}`);
      }
    }
    put(svg, "line", { class: "now", x1: x(state.t), x2: x(state.t), y1: box.top, y2: box.bottom });
    svg.setAttribute("aria-label", `Worst-case errors against t: ${root.querySelector(".play-verdict").textContent}`);
    svg.dataset.left = box.left;
    svg.dataset.right = box.right;
  }

  function drawSpectrum(name, curvesOf) {
    const { svg, box } = frame(name, 240), { kappa, t } = state, runs = other ? [other, first] : [first];
    const drawn = runs.flatMap(({ run }) => curvesOf(run, t).map(([kind, ys]) => [run === first.run ? "first" : "other", kind, run.points, ys]));
    let top = Math.max(...drawn.flatMap(([, , , ys]) => Array.from(ys, Math.abs)), name === "spectrum" ? 1 : 1e-12) * 1.08;
    // linear near 0 and logarithmic far out, so that 1 is seen beside a peak of 100
    const bent = (v) => (name === "spectrum" ? Math.asinh(2 * v) : v);
    const x = (v) => box.left + ((box.right - box.left) * v), y = (v) => box.top + ((box.bottom - box.top) * (1 - bent(v) / bent(top))) / 2;
    const ticks = name === "spectrum" && top > 3 ? [-top / 1.08, -1, 0, 1, top / 1.08] : [-top / 1.08, 0, top / 1.08];
    for (const v of ticks) {
      put(svg, "line", { class: "axis", x1: box.left, x2: box.right, y1: y(v), y2: y(v) });
      put(svg, "text", { x: box.left - 6, y: y(v) + 4, "text-anchor": "end" }, v === 0 ? "0" : typeset(v.toPrecision(2)));
    }
    put(svg, "line", { class: "one", x1: x(kappa), x2: x(kappa), y1: box.top, y2: box.bottom });
    put(svg, "text", { x: x(Math.max(kappa, 0.02)), y: box.bottom + 18, "text-anchor": "middle" }, "κ");
    put(svg, "text", { x: x(0.5), y: box.bottom + 18, "text-anchor": "middle" }, "eigenvalue λ");
    put(svg, "text", { x: box.right, y: box.bottom + 18, "text-anchor": "end" }, "1");
    for (const [side, kind, points, ys] of drawn) put(svg, "path", { class: `${side} ${kind}`, d: path(points, ys, x, y) });
    svg.setAttribute("aria-label", name === "spectrum"
      ? `P at t = ${t} on the spectrum, and what multiplies the Jacobian's error`
      : `The derivative of P at t = ${t} on the spectrum`);
  }

  function words({ name, peak, burnIn, curves }) {
    const hump = peak[0] === 0 ? "never gets worse than at the start"
      : `first becomes ${shown(peak[1])} times as wrong as at the start (t = ${peak[0]}) and is worse than at the start ${burnIn >= STEPS ? `until after t = ${STEPS}` : `up to t = ${burnIn}`}`;
    const diverges = curves.iterates[STEPS] > 1 ? " Its iterates diverge." : "";
    return `${titles[name][0].toUpperCase()}${titles[name].slice(1)}: the unrolled Jacobian ${hump}.${diverges}`;
  }

  function table() {
    const { t, cross } = state, runs = other ? [first, other] : [first];
    const rows = [
      [`iterates, max |P| at t = ${t}`, (r) => shown(r.run.supremum("residual", t)), "residual"],
      [`Jacobian, max |P − λP′| at t = ${t}`, (r) => shown(r.run.supremum("initial", t)), "initial"],
      [`slope, max |P′| at t = ${t}`, (r) => shown(r.run.supremum("drift", t)), "drift"],
      [`both, ‖E‖ = 1, ‖G‖ = ${cross}`, (r) => shown(r.run.joint(t, 1, cross)), "joint"],
      ["peak of the Jacobian's error", (r) => (r.peak[0] ? `${shown(r.peak[1])} at t = ${r.peak[0]}` : "none"), "peak"],
      ["burn-in", (r) => (r.burnIn >= STEPS ? `over ${STEPS}` : String(r.burnIn)), "burn-in"],
    ];
    const body = root.querySelector(".play-table tbody");
    body.replaceChildren(...rows.map(([name, value, key]) => {
      const row = document.createElement("tr"), head = document.createElement("th");
      head.scope = "row";
      head.textContent = name;
      row.dataset.row = key;
      row.append(head, ...runs.map((each) => {
        const cell = document.createElement("td");
        cell.textContent = value(each);
        return cell;
      }));
      return row;
    }));
    root.querySelector('[data-head="first"]').textContent = titles[first.name];
    const head = root.querySelector('[data-head="other"]');
    head.hidden = !other;
    head.textContent = other ? titles[other.name] : "";
  }

  function code() {
    const { kappa, options, method, t, cross } = state;
    root.querySelector(".play-code code").textContent = [
      "import polyrates as pr", "",
      `method = ${python[method](kappa, options)}`,
      `rate = pr.rate(method, pr.Interval(${kappa}, 1.0))`,
      `print(rate.residual(${t}), rate.initial(${t}), rate.cross(${t}))`,
      "print(rate.initial.peak, rate.initial.burn_in)",
      `print(rate.worst_case(${t}, initial=1, cross=${cross}))`,
    ].join("\n");
  }

  function keys() {
    const second = other ? ` <i class="other"></i>${titles[other.name]}` : "";
    root.querySelector('[data-key="errors"]').innerHTML = `<i class="iterates"></i>iterates <i></i>Jacobian <i class="joint"></i>Jacobian with ‖G‖${second}`;
    root.querySelector('[data-key="spectrum"]').innerHTML = `<i class="iterates"></i>P<sub>t</sub> <i></i>P<sub>t</sub> − λP′<sub>t</sub>${second}`;
    root.querySelector('[data-key="slope"]').innerHTML = "";
  }

  function draw() {
    root.querySelector(".play-verdict").textContent = [first, other].filter(Boolean).map(words).join(" ");
    keys();
    drawErrors();
    drawSpectrum("spectrum", (run, t) => [["iterates", run.P[t]], ["jacobian", run.P[t].map((p, i) => p - run.points[i] * run.D[t][i])]]);
    drawSpectrum("slope", (run, t) => [["jacobian", run.D[t]]]);
    table();
    code();
    root.dataset.ready = "1";
  }

  // ---------------------------------------------------------------- what moves it
  let restored = false;
  function changed(name) {
    if (name === "method" || name === "kappa" || name === "tuned") {
      const kappa = power("kappa"), tuned = Recurrences.tuned[field.method.value](kappa);
      if (name !== "kappa" || following) for (const each of ["step", "momentum"]) if (each in tuned) field[each].value = tuned[each];
      if (name !== "kappa") following = true;
    }
    if (name === "step" || name === "momentum") following = false;
    label();
    if (name === "t" && first) { state.t = Number(field.t.value); draw(); } else {
      cancelAnimationFrame(timer);
      timer = requestAnimationFrame(compute);
    }
    if (restored) remember();
  }
  let following = true; // step and momentum follow the tuning as kappa moves

  function remember() {
    const said = new URLSearchParams();
    for (const name of ["method", "other", "kappa", "step", "momentum", "eta", "t", "cross"]) said.set(name, field[name].value);
    history.replaceState(null, "", `#${said}`);
  }

  function restore() {
    const said = new URLSearchParams(location.hash.slice(1));
    field.method.value = "Chebyshev";
    field.other.value = "Sobolev";
    Object.entries({ kappa: -2, eta: -2, t: 10, cross: -1 }).forEach(([name, value]) => { field[name].value = value; });
    if (said.has("method")) field.method.value = said.get("method");
    if (!field.method.value) field.method.value = "Chebyshev";
    changed("method");
    for (const [name, value] of said) if (field[name]) field[name].value = value;
    following = !(said.has("step") || said.has("momentum"));
    changed("");
    restored = true;
  }

  form.addEventListener("input", (event) => changed(event.target.name));
  form.addEventListener("submit", (event) => event.preventDefault());
  root.querySelectorAll("[data-step]").forEach((button) => button.addEventListener("click", () => {
    const value = { short: 1, flat: Math.SQRT2, tuned: Recurrences.tuned[field.method.value](power("kappa")).step }[button.dataset.step];
    if (button.dataset.step === "tuned") { changed("tuned"); return; }
    field.step.value = value;
    changed("step");
  }));
  let playing = 0;
  root.querySelector('[data-action="run"]').addEventListener("click", (event) => {
    const button = event.currentTarget;
    if (playing) { clearInterval(playing); playing = 0; button.textContent = "▶ run"; return; }
    button.textContent = "■ stop";
    if (Number(field.t.value) >= STEPS) field.t.value = 0;
    playing = setInterval(() => {
      field.t.value = Number(field.t.value) + 1;
      changed("t");
      if (Number(field.t.value) >= STEPS) button.click();
    }, 60);
  });
  const chart = root.querySelector('[data-chart="errors"]');
  const pointed = (event) => {
    const place = chart.getBoundingClientRect(), left = Number(chart.dataset.left), right = Number(chart.dataset.right);
    field.t.value = Math.round((STEPS * (event.clientX - place.left - left)) / (right - left));
    changed("t");
  };
  chart.addEventListener("pointerdown", (event) => {
    pointed(event);
    try { chart.setPointerCapture(event.pointerId); } catch { /* the finger has left already */ }
  });
  chart.addEventListener("pointermove", (event) => { if (event.buttons) pointed(event); });
  chart.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!move) return;
    event.preventDefault();
    field.t.value = Number(field.t.value) + move;
    changed("t");
  });
  window.addEventListener("resize", () => first && draw());
  window.addEventListener("hashchange", () => { restored = false; restore(); });
  restore();
})();
