// The methods of the page to play with: residual polynomials by the same recurrences as the package.
//
// A step is in state-space form (query c, mixing A, gain b, output o) as in polyrates' Transition; it
// runs on jets (P, P') at points of the spectrum. Units: L = 1, the spectrum is [kappa, 1].
// No dependency; a classic script for the page (it works from file://), a module for node.
"use strict";
const Recurrences = (() => {
  const momentumStep = (step, momentum, lookahead = 0) => ({
    query: [1 + lookahead, -lookahead],
    mixing: [[1 + momentum, -momentum], [1, 0]],
    gain: [step, 0],
    output: [1, 0],
  });
  const contraction = (kappa) => (1 - Math.sqrt(kappa)) / (1 + Math.sqrt(kappa));

  // Gradient descent: P_t = (1 - h lambda)^t.
  function* gradientDescent(kappa, { step }) {
    for (;;) yield momentumStep(step, 0);
  }

  // Heavy ball; its first step is h/(1 + m).
  function* heavyBall(kappa, { step, momentum }) {
    yield momentumStep(step / (1 + momentum), 0);
    for (;;) yield momentumStep(step, momentum);
  }

  // Nesterov: the gradient is taken at the extrapolated point.
  function* nesterov(kappa, { step, momentum }) {
    for (;;) yield momentumStep(step, momentum, momentum);
  }

  // The ratios q_n of consecutive monic Chebyshev polynomials at lambda = 0, relative to the end
  // point, so that nothing cancels: [step, momentum, |q_n|], n = 1, 2, ...
  function* chebyshevRatios(kappa) {
    const twoOverWidth = 2 / (1 - kappa);
    const delta = kappa * twoOverWidth;
    let end = 1, excess = delta, ratio = end / (1 + excess);
    yield [twoOverWidth * ratio, 0, ratio];
    for (let n = 1; ; n += 1) {
      const gamma = n === 1 ? 1 / 2 : 1 / 4;
      const nextEnd = 2; // 2(n + alpha)/(n + 2 alpha) at alpha = 0
      excess = nextEnd * (delta + (gamma * end * excess) / (1 + excess));
      const previous = ratio;
      end = nextEnd;
      ratio = end / (1 + excess);
      yield [twoOverWidth * ratio, gamma * previous * ratio, ratio];
    }
  }

  // Chebyshev: P_t = T_t(m(lambda))/T_t(m(0)).
  function* chebyshev(kappa) {
    for (const [step, momentum] of chebyshevRatios(kappa)) yield momentumStep(step, momentum);
  }

  // Sobolev-optimal for Chebyshev's density (alpha = 0) and eta: the banded elimination, a row a step.
  function* sobolev(kappa, { eta }) {
    const width = 1 - kappa, etaX = (4 * eta) / (width * width);
    let gammaBefore = 1, sigma = 0, sigmaBefore = 0, ratioBefore = 1;
    let r = 1, rBefore = 1, total = 1, n = 0;
    for (const [step, momentum, ratio] of chebyshevRatios(kappa)) {
      n += 1;
      const gamma = n === 1 ? 1 / 2 : 1 / 4; // of the monic recurrence, alpha = 0
      const rho = 1 + sigma, rhoBefore = 1 + sigmaBefore;
      let next = (etaX * n * n) / gamma, nextR = 1, g = 0, k = 0;
      if (n >= 3) {
        const c = (4 * n * (n - 1) * (n - 1.5) * (n - 1.5)) / ((2 * n - 2) * (2 * n - 3) * (2 * n - 3) * (2 * n - 4));
        const both = c * ratio * ratioBefore;
        g = -both;
        k = both / rhoBefore;
        next += (c * c * sigmaBefore) / (rhoBefore * gamma * gammaBefore);
        nextR += k * rBefore - both;
      }
      total = (total * (1 + next) * gamma * ratio * ratio) / rho;
      const newTotal = total + nextR * nextR, share = nextR / newTotal;
      // points x, y, y_, u, u_ with u = W + (1 - r) y
      const newY = [0, 1 + momentum, -momentum, 0, 0];
      const rest = [0, 0, g - k * (1 - rBefore), 0, k];
      const newX = newY.map((y, i) => (i === 0 ? 1 - nextR * share : share * (y + rest[i])));
      const newU = newY.map((y, i) => (2 - nextR) * y + rest[i]);
      yield {
        query: [0, 1, 0, 0, 0],
        mixing: [newX, newY, [0, 1, 0, 0, 0], newU, [0, 0, 0, 1, 0]],
        gain: [share * step, step, 0, (2 - nextR) * step, 0],
        output: [1, 0, 0, 0, 0],
      };
      total = newTotal;
      [sigma, sigmaBefore] = [next, sigma];
      [gammaBefore, ratioBefore] = [gamma, ratio];
      [r, rBefore] = [nextR, r];
    }
  }

  // From T_n, T_{n-1}, ... to the Bernstein-Szego p_n, p_{n-1}, ...: T_n = sum xi^j p_{n-j}.
  function expanded(series, xi) {
    const result = [];
    for (const each of series) result.push(result.length ? each + xi * result[result.length - 1] : each);
    return result;
  }
  const padded = (part) => [...part, 0, 0, 0, 0].slice(0, 4);

  // Q_n and A(Q_n) on p_n, ..., p_{n-3}; Q_n' on p_{n-1}, ...; A = P - lambda P'.
  function harmonicBasis(n, xi) {
    const c = (xi + 1 / xi) / 2;
    if (n === 1) return [[1, xi - c, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]];
    let slope = [1, 0, 0];
    if (n >= 5) {
      const top = (2 * xi * xi) / ((n - 4) * (n - 2)) - (2 * xi ** 4) / (n * (n - 2));
      const a = -top / (xi / ((n - 4) * (n - 3)) - xi ** 3 / ((n - 1) * (n - 2)));
      slope = [1, a, -xi * xi - a * xi];
    }
    const series = [0, 0, 0, 0, 0];
    slope.forEach((each, j) => {
      if (j !== 0 && n < 5) return;
      const degree = n - j;
      series[j] += each / (2 * degree);
      if (degree > 2) series[j + 2] -= each / (2 * (degree - 2));
    });
    const error = [...series];
    slope.forEach((each, j) => {
      error[j] -= each / 2;
      error[j + 1] += c * each;
      error[j + 2] -= each / 2;
    });
    const spread = expanded([...slope, 0], xi);
    if (n < 5) {
      const short = [series, error].map((part) => padded(expanded(part.slice(0, n + 1), xi).slice(0, n)));
      return [short[0], short[1], padded(spread.slice(0, n))];
    }
    const [q, of] = [series, error].map((part) => padded(expanded(part, xi).slice(0, 4)));
    return [q, of, padded(spread.slice(0, 2))];
  }

  // The Sobolev method of harmonic measure, form initial/cross; seven points.
  function* harmonic(kappa, { eta }) {
    const width = 1 - kappa, xi = contraction(kappa), square = xi * xi;
    const step = 4 / (1 + Math.sqrt(kappa)) ** 2, etaX = (4 * eta) / (width * width);
    const half = (1 - square) / 2, weight = (k) => (k > 0 ? half : 1);
    let errors = [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]];
    let slopes = [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]];
    let norms = [1, 1, 1], factors = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
    let values = [1, 0, 0], total = 1, r = [1, 1, 1];
    for (let n = 1; ; n += 1) {
      const [q, error, slope] = harmonicBasis(n, xi);
      const link = [0, 0, 0];
      for (const i of [3, 2, 1]) {
        if (n - i < 0) continue;
        let product = 0;
        for (let j = i; j < 4; j += 1) {
          product += weight(n - j) * error[j] * errors[i - 1][j - i];
          product += etaX * weight(n - 1 - j) * slope[j] * slopes[i - 1][j - i];
        }
        for (let k = i + 1; k < 4; k += 1) {
          if (n - k >= 0) product -= link[k - 1] * norms[k - 1] * factors[i - 1][k - i - 1];
        }
        link[i - 1] = product / norms[i - 1];
      }
      let norm = 0;
      for (let j = 0; j < 4; j += 1) {
        norm += weight(n - j) * error[j] ** 2 + etaX * weight(n - 1 - j) * slope[j] ** 2;
      }
      for (let i = 0; i < 3; i += 1) norm -= link[i] ** 2 * norms[i];
      const first = (2 * xi) / (1 - square), ratio = n === 1 ? first : xi, scales = [1];
      for (let j = 1; j < 4; j += 1) {
        const at = n - j + 1;
        scales.push(scales[j - 1] * (at < 1 ? 0 : at === 1 ? first : xi));
      }
      const basis = q.map((each, j) => each * scales[j]);
      const past = link.map((each, j) => -each * scales[j + 1]);
      let value = basis.reduce((sum, each) => sum + each, 0);
      past.forEach((each, j) => { value += each * values[j]; });
      if (n === 1) value = 0;
      const before = (total * norm * ratio * ratio) / norms[0];
      total = before + value * value;
      const share = value / total;
      errors = [error, errors[0], errors[1]];
      slopes = [slope, slopes[0], slopes[1]];
      norms = [norm, norms[0], norms[1]];
      factors = [[...link], factors[0], factors[1]];
      values = [value, values[0], values[1]];
      const momentum = n === 1 ? 0 : n === 2 ? 2 * square : square;
      const length = n === 1 ? step / (1 - square) : step;
      const newZ = [0, 1 + momentum, -momentum, 0, 0, 0, 0];
      const others = [0, ...past.map((m, j) => basis[j + 1] - m * (1 - r[j])), ...past];
      const newX = newZ.map((z, i) => (i === 0 ? 1 - value * share : share * (basis[0] * z + others[i])));
      const lead = basis[0] + 1 - value;
      yield {
        query: [0, 1, 0, 0, 0, 0, 0],
        mixing: [newX, newZ, [0, 1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0, 0],
          newZ.map((z, i) => lead * z + others[i]), [0, 0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1, 0]],
        gain: [share * basis[0] * length, length, 0, 0, lead * length, 0, 0],
        output: [1, 0, 0, 0, 0, 0, 0],
      };
      r = [value, r[0], r[1]];
    }
  }

  const tuned = {
    "gradient descent": (kappa) => ({ step: 2 / (1 + kappa) }),
    "heavy ball": (kappa) => ({ step: (2 / (1 + Math.sqrt(kappa))) ** 2, momentum: contraction(kappa) ** 2 }),
    Nesterov: (kappa) => ({ step: 1, momentum: contraction(kappa) }),
    Chebyshev: () => ({}),
    Sobolev: () => ({ eta: 0.01 }),
    harmonic: () => ({ eta: 0.01 }),
  };
  const methods = {
    "gradient descent": gradientDescent, "heavy ball": heavyBall, Nesterov: nesterov,
    Chebyshev: chebyshev, Sobolev: sobolev, harmonic,
  };

  // The steps of a method as rows without zeros, so that a walk multiplies only what is there.
  function table(name, kappa, options, steps) {
    const rows = [], walk = methods[name](kappa, options), sparse = (row) => row.flatMap((c, j) => (c ? [c, j] : []));
    for (let t = 0; t < steps; t += 1) {
      const each = walk.next().value;
      rows.push({ query: sparse(each.query), mixing: each.mixing.map(sparse), gain: each.gain });
    }
    return rows;
  }

  // P_t and P_t' at every point for t = 0, ..., steps; every output is the first point of the state.
  function jets(rows, points) {
    const size = points.length, n = rows.length ? rows[0].gain.length : 1;
    let values = Array.from({ length: n }, () => new Float64Array(size).fill(1));
    let slopes = Array.from({ length: n }, () => new Float64Array(size));
    const P = [values[0]], D = [slopes[0]], q = new Float64Array(size), dq = new Float64Array(size);
    for (const { query, mixing, gain } of rows) {
      q.fill(0);
      dq.fill(0);
      for (let m = 0; m < query.length; m += 2) for (let i = 0, c = query[m], j = query[m + 1]; i < size; i += 1) { q[i] += c * values[j][i]; dq[i] += c * slopes[j][i]; }
      const nextValues = [], nextSlopes = [];
      mixing.forEach((row, s) => {
        if (gain[s] === 0 && row.length === 2 && row[0] === 1) {
          nextValues.push(values[row[1]]);
          nextSlopes.push(slopes[row[1]]);
          return;
        }
        const v = new Float64Array(size), d = new Float64Array(size), b = gain[s];
        for (let m = 0; m < row.length; m += 2) for (let i = 0, c = row[m], j = row[m + 1]; i < size; i += 1) { v[i] += c * values[j][i]; d[i] += c * slopes[j][i]; }
        if (b) for (let i = 0; i < size; i += 1) { v[i] -= b * points[i] * q[i]; d[i] -= b * (q[i] + points[i] * dq[i]); }
        nextValues.push(v);
        nextSlopes.push(d);
      });
      values = nextValues;
      slopes = nextSlopes;
      P.push(values[0]);
      D.push(slopes[0]);
    }
    return { P, D };
  }

  const profile = {
    residual: (p, d) => Math.abs(p),
    drift: (p, d) => Math.abs(d),
    initial: (p, d, x) => Math.abs(p - x * d),
  };

  // Chebyshev points of [kappa, 1], both ends included.
  function grid(kappa, count) {
    const points = new Float64Array(count + 1);
    for (let i = 0; i <= count; i += 1) points[i] = kappa + (1 - kappa) * Math.sin((Math.PI * i) / (2 * count)) ** 2;
    points[count] = 1;
    return points;
  }

  // [P_t, P_t'] at one point, without an array a step.
  function jet(rows, t, x) {
    const n = rows.length ? rows[0].gain.length : 1;
    let v = new Array(n).fill(1), d = new Array(n).fill(0), w = new Array(n), e = new Array(n);
    for (let k = 0; k < t; k += 1) {
      const { query, mixing, gain } = rows[k];
      let q = 0, dq = 0;
      for (let i = 0; i < query.length; i += 2) { const c = query[i], j = query[i + 1]; q += c * v[j]; dq += c * d[j]; }
      const slope = q + x * dq;
      q *= x;
      for (let s = 0; s < n; s += 1) {
        let value = 0, tangent = 0;
        const row = mixing[s];
        for (let i = 0; i < row.length; i += 2) { const c = row[i], j = row[i + 1]; value += c * v[j]; tangent += c * d[j]; }
        w[s] = value - gain[s] * q;
        e[s] = tangent - gain[s] * slope;
      }
      [v, w, d, e] = [w, v, e, d];
    }
    return [v[0], d[0]];
  }

  // The largest value of a smooth function, from its values on a grid: golden sections in the cells
  // around the highest points (a grid of 7 points a wave misses at most 3 per cent of a maximum).
  function refined(values, points, at, rounds = 32, most = 16) {
    let top = 0;
    for (const each of values) if (each > top) top = each;
    const found = [];
    for (let i = 0; i < points.length; i += 1) {
      const left = i ? values[i - 1] : -1, right = i + 1 < points.length ? values[i + 1] : -1;
      if (values[i] < 0.96 * top || values[i] < left || values[i] < right) continue;
      const bend = 2 * values[i] - left - right, tilt = right - left; // the parabola's vertex
      found.push([left < 0 || right < 0 ? values[i] : values[i] + (bend > 0 ? (tilt * tilt) / (8 * bend) : 0), i]);
    }
    found.sort((one, two) => two[0] - one[0]);
    const golden = (Math.sqrt(5) - 1) / 2;
    let best = top;
    for (const [, i] of found.slice(0, most)) {
      let low = points[Math.max(i - 1, 0)], high = points[Math.min(i + 1, points.length - 1)];
      let a = high - golden * (high - low), b = low + golden * (high - low), fa = at(a), fb = at(b);
      for (let k = 0; k < rounds; k += 1) {
        if (fa < fb) { low = a; [a, fa] = [b, fb]; b = low + golden * (high - low); fb = at(b); }
        else { high = b; [b, fb] = [a, fa]; a = high - golden * (high - low); fa = at(a); }
      }
      best = Math.max(best, fa, fb);
    }
    return best;
  }

  // A run: curves on the grid at every t, suprema to rounding where they are asked.
  function run(name, kappa, options, steps) {
    const rows = table(name, kappa, { ...tuned[name](kappa), ...options }, steps);
    const points = grid(kappa, Math.max(64, 7 * steps)), { P, D } = jets(rows, points);
    const at = (t, x) => jet(rows, t, x);
    const values = (part, t) => points.map((x, i) => profile[part](P[t][i], D[t][i], x));
    const supremum = (part, t) => refined(values(part, t), points, (x) => profile[part](...at(t, x), x));
    const curve = (part) => P.map((_, t) => values(part, t).reduce((a, b) => Math.max(a, b), 0));
    // A grid's maximum is below the supremum by less than two per cent: only near 1, or near the top, is it refined.
    const burnIn = (part, curved) => {
      for (let t = steps; t > 0; t -= 1) {
        if (curved[t] > 1) return t;
        if (curved[t] > 0.98 && supremum(part, t) > 1 + 1e-13) return t;
      }
      return 0;
    };
    const peak = (part, curved) => {
      const top = Math.max(...curved);
      let best = [0, 0];
      curved.forEach((value, t) => {
        if (value < 0.97 * top) return;
        const exact = supremum(part, t);
        if (exact > best[1] * (1 + 1e-14)) best = [t, exact];
      });
      return best;
    };
    // The tight joint worst case for ‖E‖ <= a, ‖G‖ <= g: min over s of the largest hypot.
    const joint = (t, a, g) => {
      if (g === 0) return a * supremum("initial", t);
      if (a === 0) return g * supremum("drift", t);
      const A = values("initial", t), B = values("drift", t);
      const both = (s, A, B) => Math.hypot((a * A) / Math.sqrt(s), (g * B) / Math.sqrt(1 - s));
      const largest = (s) => refined(points.map((_, i) => both(s, A[i], B[i])), points, (x) => {
        const [p, d] = at(t, x);
        return both(s, Math.abs(p - x * d), Math.abs(d));
      }, 26, 5);
      const near = minimum(onGrid(A, B, a, g), 40).angle;
      return minimum(largest, 42, near - 0.01, near + 0.01).value;
    };
    const onGrid = (A, B, a, g) => (s) => {
      let top = 0;
      for (let i = 0; i < A.length; i += 1) top = Math.max(top, (a * a * A[i] * A[i]) / s + (g * g * B[i] * B[i]) / (1 - s));
      return Math.sqrt(top);
    };
    const jointCurve = (a, g) => P.map((_, t) => minimum(onGrid(values("initial", t), values("drift", t), a, g), 20).value);
    return { kappa, steps, points, P, D, at, values, supremum, curve, burnIn, peak, joint, jointCurve };
  }

  // The least value of a convex function of s in (0, 1), s = sin² of an angle, and the angle.
  function minimum(value, rounds, from = 0, to = Math.PI / 2) {
    const golden = (Math.sqrt(5) - 1) / 2, of = (angle) => value(Math.sin(angle) ** 2);
    let low = Math.max(from, 1e-7), high = Math.min(to, Math.PI / 2 - 1e-7);
    let a = high - golden * (high - low), b = low + golden * (high - low), fa = of(a), fb = of(b);
    for (let k = 0; k < rounds; k += 1) {
      if (fa > fb) { low = a; [a, fa] = [b, fb]; b = low + golden * (high - low); fb = of(b); }
      else { high = b; [b, fb] = [a, fa]; a = high - golden * (high - low); fa = of(a); }
    }
    return { value: Math.min(fa, fb), angle: fa < fb ? a : b };
  }

  return { methods: Object.keys(methods), tuned, run };
})();
if (typeof module !== "undefined") module.exports = Recurrences;
