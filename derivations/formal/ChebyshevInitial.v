(** Chebyshev's method: P_t - lam P_t' is largest at lam = L, (1 + c) t^2 - 1 over T_t(c).
    As (x + c) T_t' - T_t = (t - 1) T_t + t U_{t-2} + c t U_{t-1}, three terms largest at x = 1.
    Derivation: chebyshev_initial. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts ChebyshevResidual ChebyshevDrift.
Open Scope R_scope.

(** The three terms, with V_{n+1} = U_n: x U_{t-1} = T_t + U_{t-2}. *)
Lemma three_terms n c x :
  INR (S n) * (c + x) * V (S n) x - T (S n) x
  = INR n * T (S n) x + (INR (S n) * V n x + INR (S n) * c * V (S n) x).
Proof.
  assert (E : x * V (S n) x = T (S n) x + V n x).
  { pose proof (V_next (S n) x). pose proof (V_rec n x). lra. }
  rewrite S_INR. replace ((INR n + 1) * (c + x) * V (S n) x) with
    ((INR n + 1) * c * V (S n) x + (INR n + 1) * (x * V (S n) x)) by ring. rewrite E. ring.
Qed.

Lemma three_terms_largest t c x : (1 <= t)%nat -> 1 <= c -> -1 <= x <= 1 ->
  Rabs (INR t * (c + x) * V t x - T t x) <= INR t ^ 2 * (c + 1) - 1.
Proof.
  intros Ht Hc Hx. destruct t as [|n]; [lia|]. rewrite three_terms.
  pose proof (pos_INR n). assert (0 <= INR (S n)) by apply pos_INR.
  replace (INR (S n) ^ 2 * (c + 1) - 1) with
    (INR n * 1 + (INR (S n) * INR n + INR (S n) * c * INR (S n))) by (rewrite S_INR; ring).
  repeat apply b_plus; apply b_mult; auto using T_largest, V_largest; apply b_self; nra.
Qed.

Lemma initial_largest t c xi : (1 <= t)%nat -> 1 <= c -> 0 < xi ->
  max_abs (fun x => (2 * INR t * (c + x) * U (t - 1) x - 2 * T t x) / (xi ^ t + / xi ^ t)) (-1) 1
    ((2 * INR t ^ 2 * (c + 1) - 2) / (xi ^ t + / xi ^ t)).
Proof.
  intros Ht Hc H. pose proof (size_positive t xi H) as P. set (d := xi ^ t + / xi ^ t) in *.
  apply max_at_one; [rewrite U_pred, V_at_1, T_at_1 by assumption; field; lra|].
  intros x Hx. rewrite U_pred by assumption.
  replace ((2 * INR t * (c + x) * V t x - 2 * T t x) / d) with
    (2 / d * (INR t * (c + x) * V t x - T t x)) by (field; lra).
  replace ((2 * INR t ^ 2 * (c + 1) - 2) / d) with (2 / d * (INR t ^ 2 * (c + 1) - 1)) by (field; lra).
  apply b_mult; [apply b_self; left; apply Rdiv_lt_0_compat; lra | now apply three_terms_largest].
Qed.

Theorem chebyshev_initial :
  (forall (t : nat) (L ell : R), (1 <= t)%nat -> 0 < L -> 0 <= ell -> L - ell <> 0 -> exists d1
   : R -> R, (forall (lam : R), derivable_pt_lim (fun lam => T t ((- L - ell + 2 * lam) / (L -
   ell))) lam (d1 lam)) /\ (forall (lam : R), - lam * (d1 lam) + T t ((- L - ell + 2 * lam) / (L
   - ell)) = - (INR t) * ((L + ell) / (L - ell) + (- L - ell + 2 * lam) / (L - ell)) * (U (t -
   1)%nat ((- L - ell + 2 * lam) / (L - ell))) + T t ((- L - ell + 2 * lam) / (L - ell)))) /\
  (forall (t : nat) (c xi : R), (1 <= t)%nat -> 1 <= c -> 0 < xi -> max_abs (fun x => (2 * (INR
   t) * (c + x) * (U (t - 1)%nat x) - 2 * (T t x)) / (xi ^ t + / (xi ^ t))) (-1) 1 ((2 * ((INR
   t) ^ 2) * (c + 1) - 2) / (xi ^ t + / (xi ^ t)))) /\
  (forall (t : nat) (xi : R), 0 < xi -> T t (xi / 2 + 1 / (2 * xi)) = (xi ^ t) / 2 + 1 / (2 *
   (xi ^ t))) /\
  (forall (t : nat) (c : R), (1 <= t)%nat -> 1 <= c -> (T (t - 1)%nat c) * (T (t + 1)%nat c) >=
   (T t c) ^ 2) /\
  (forall (c t : R), 1 <= c -> 1 <= t -> ((t ^ 2) * (c + 1) - 1) ^ 2 >= ((c + 1) * ((t - 1) ^ 2)
   - 1) * ((c + 1) * ((t + 1) ^ 2) - 1)).
Proof.
  split; [|split; [|split; [|split]]].
  - intros t L ell Ht _ _ H. eexists. split; [intros lam; now apply moved_derivative|].
    intros lam. cbn beta. field. assumption.
  - apply initial_largest.
  - apply T_xi.
  - apply T_log_convex.
  - intros c t Hc Ht. assert (E : (t ^ 2 * (c + 1) - 1) ^ 2
      - ((c + 1) * (t - 1) ^ 2 - 1) * ((c + 1) * (t + 1) ^ 2 - 1)
      = (c + 1) * ((c + 1) * (2 * t ^ 2 - 1) + 2)) by ring.
    assert (0 <= (c + 1) * ((c + 1) * (2 * t ^ 2 - 1) + 2)) 
      by (assert (0 <= (c + 1) * (2 * t ^ 2 - 1)) by (apply Rmult_le_pos; nra); apply Rmult_le_pos; lra).
    lra.
Qed.
