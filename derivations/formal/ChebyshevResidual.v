(** Chebyshev's method attains the lower bound: P_t = T_t(m)/T_t(m_0) is largest at lam = L.
    Derivation: chebyshev_residual. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts.
Open Scope R_scope.

(** The size 2/(xi^t + xi^-t) = 1/T_t(c) *)
Lemma size_positive t xi : 0 < xi -> 0 < xi ^ t + / xi ^ t.
Proof. intros H. pose proof (pow_lt xi t H) as P. pose proof (Rinv_0_lt_compat _ P). lra. Qed.

Lemma residual_largest t xi : 0 < xi ->
  max_abs (fun x => 2 * T t x / (xi ^ t + / xi ^ t)) (-1) 1 (2 / (xi ^ t + / xi ^ t)).
Proof.
  intros H. pose proof (size_positive t xi H) as P. set (d := xi ^ t + / xi ^ t) in *.
  apply max_at_one; [rewrite T_at_1; field; lra|]. intros x Hx.
  replace (2 * T t x / d) with (2 / d * T t x) by (field; lra). rewrite <- (Rmult_1_r (2 / d)) at 2.
  apply b_mult; [apply b_self; left; apply Rdiv_lt_0_compat; lra | now apply T_largest].
Qed.

Theorem chebyshev_residual :
  (forall (L ell lam : R), 0 < L -> 0 <= ell -> L - ell <> 0 -> (L / 2 - ell / 2) * ((L + ell) /
   (L - ell) + (- L - ell + 2 * lam) / (L - ell)) = lam) /\
  (forall (t : nat) (xi : R), (1 <= t)%nat -> 0 < xi -> max_abs (fun x => (2 * (T t x)) / (xi ^
   t + / (xi ^ t))) (-1) 1 (2 / (xi ^ t + / (xi ^ t)))) /\
  (forall (t : nat) (xi : R), 0 < xi -> T t (xi / 2 + 1 / (2 * xi)) = (xi ^ t) / 2 + 1 / (2 *
   (xi ^ t))) /\
  (forall (t : nat) (c : R), (1 <= t)%nat -> 1 <= c -> (T (t - 1)%nat c) * (T (t + 1)%nat c) >=
   (T t c) ^ 2).
Proof.
  split; [|split; [|split]].
  - intros. field. assumption.
  - intros. now apply residual_largest.
  - apply T_xi.
  - apply T_log_convex.
Qed.
