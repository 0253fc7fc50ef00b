(** Chebyshev's method: P_t' is largest at lam = L, 2 t^2/(L - ell) over T_t(c).
    Derivation: chebyshev_drift. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts ChebyshevResidual.
Open Scope R_scope.

(** d/dlam T_t(m(lam)) = 2/(L - ell) t U_{t-1}(m(lam)), m(lam) = (2 lam - L - ell)/(L - ell) *)
Lemma moved_derivative t L ell lam : (1 <= t)%nat -> L - ell <> 0 ->
  derivable_pt_lim (fun lam => T t ((- L - ell + 2 * lam) / (L - ell))) lam
    (2 * INR t * U (t - 1) ((- L - ell + 2 * lam) / (L - ell)) / (L - ell)).
Proof.
  intros Ht H. rewrite U_pred by assumption.
  pose (m := fun lam => 2 / (L - ell) * lam + (- L - ell) / (L - ell)).
  assert (E : forall y, m y = (- L - ell + 2 * y) / (L - ell)) by (intros; unfold m; field; assumption).
  rewrite <- E. apply (d_ext (fun y => T t (m y)) _ lam (INR t * V t (m lam) * (2 / (L - ell)))).
  - intros y. now rewrite E.
  - field. assumption.
  - apply (d_comp m (T t)); [apply d_affine | apply T_derivative].
Qed.

Lemma drift_largest t w xi : (1 <= t)%nat -> 0 < w -> 0 < xi ->
  max_abs (fun x => 2 * INR t * w * U (t - 1) x / (xi ^ t + / xi ^ t)) (-1) 1
    (2 * INR t ^ 2 * w / (xi ^ t + / xi ^ t)).
Proof.
  intros Ht Hw H. pose proof (size_positive t xi H) as P. set (d := xi ^ t + / xi ^ t) in *.
  assert (C : 0 <= 2 * INR t * w / d).
  { apply Rmult_le_pos; [|left; now apply Rinv_0_lt_compat]. pose proof (pos_INR t). nra. }
  apply max_at_one; [rewrite U_pred, V_at_1 by assumption; field; lra|].
  intros x Hx. rewrite U_pred by assumption.
  replace (2 * INR t * w * V t x / d) with (2 * INR t * w / d * V t x) by (field; lra).
  replace (2 * INR t ^ 2 * w / d) with (2 * INR t * w / d * INR t) by (field; lra).
  apply b_mult; [now apply b_self | now apply V_largest].
Qed.

Theorem chebyshev_drift :
  (forall (t : nat) (L ell : R), (1 <= t)%nat -> 0 < L -> 0 <= ell -> L - ell <> 0 -> exists d1
   : R -> R, (forall (lam : R), derivable_pt_lim (fun lam => T t ((- L - ell + 2 * lam) / (L -
   ell))) lam (d1 lam)) /\ (forall (lam : R), d1 lam = (2 * (INR t) * (U (t - 1)%nat ((- L - ell
   + 2 * lam) / (L - ell)))) / (L - ell))) /\
  (forall (t : nat) (w xi : R), (1 <= t)%nat -> 0 < w -> 0 < xi -> max_abs (fun x => (2 * (INR
   t) * w * (U (t - 1)%nat x)) / (xi ^ t + / (xi ^ t))) (-1) 1 ((2 * ((INR t) ^ 2) * w) / (xi ^
   t + / (xi ^ t)))) /\
  (forall (t : nat) (xi : R), 0 < xi -> T t (xi / 2 + 1 / (2 * xi)) = (xi ^ t) / 2 + 1 / (2 *
   (xi ^ t))) /\
  (forall (t : nat) (c : R), (1 <= t)%nat -> 1 <= c -> (T (t - 1)%nat c) * (T (t + 1)%nat c) >=
   (T t c) ^ 2) /\
  (forall (t : R), 1 <= t -> t ^ 4 >= ((t - 1) ^ 2) * ((t + 1) ^ 2)).
Proof.
  split; [|split; [|split; [|split]]].
  - intros t L ell Ht _ _ H. eexists. split; [intros lam; now apply moved_derivative|]. reflexivity.
  - apply drift_largest.
  - apply T_xi.
  - apply T_log_convex.
  - intros. nra.
Qed.
