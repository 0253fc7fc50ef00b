(** What the statements speak of: largest values, Chebyshev polynomials, the smallest maximum.
    The statements themselves are printed by the derivations: polyrates/symbolic/proofs/coq.py. *)
Require Import Reals.
Open Scope R_scope.

(** The maximum of |f| over [a, b] is v. *)
Definition max_abs (f : R -> R) (a b v : R) : Prop :=
  (forall x, a <= x <= b -> Rabs (f x) <= v) /\ exists x, a <= x <= b /\ Rabs (f x) = v.

(** T_n and U_n by their common recurrence, two neighbours at a time. *)
Fixpoint chebyshev (x second : R) (n : nat) : R * R :=
  match n with
  | O => (1, second)
  | S n => let (p, q) := chebyshev x second n in (q, 2 * x * q - p)
  end.

Definition T (n : nat) (x : R) : R := fst (chebyshev x x n).
Definition U (n : nat) (x : R) : R := fst (chebyshev x (2 * x) n).

(** The polynomial with the coefficients a_0, ..., a_n. *)
Definition peval (a : nat -> R) (n : nat) (x : R) : R := sum_f_R0 (fun k => a k * x ^ k) n.

(** min over deg Q <= t, Q(c) = 1, of max |Q| over [-1, 1] is v; it is attained. *)
Definition least_maximum (t : nat) (c v : R) : Prop :=
  (exists a, peval a t c = 1 /\ max_abs (peval a t) (-1) 1 v) /\
  forall a w, peval a t c = 1 -> max_abs (peval a t) (-1) 1 w -> v <= w.
