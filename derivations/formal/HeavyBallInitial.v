(** Heavy ball, initial part: P_t - lam P_t' is largest at lam = L.  With lam P' = (x + c) dP/dx it is
    r^t times a sum of (t - 1) T_t, t U_{t-2}, c t U_{t-1}, (t - 1) U_t, U_{t-1}' and c U_t', with
    factors >= 0.  Derivation: heavy_ball_initial. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts ChebyshevInitial Momentum.
Open Scope R_scope.

(** (c + x) U_t' - U_t = c U_t' + (t - 1) U_t + U_{t-1}' *)
Lemma slope_terms_largest t c x : (1 <= t)%nat -> 1 <= c -> -1 <= x <= 1 ->
  Rabs ((c + x) * dV (S t) x - V (S t) x)
  <= (c + 1) * (INR t * (INR t + 1) * (INR t + 2) / 3) - (INR t + 1).
Proof.
  intros Ht Hc Hx. apply le_INR in Ht. simpl (INR 1) in Ht.
  assert (E : (c + x) * dV (S t) x - V (S t) x
    = c * dV (S t) x + ((INR t - 1) * V (S t) x + dV t x)) by (rewrite <- (slope_below t x); ring).
  rewrite E. replace ((c + 1) * (INR t * (INR t + 1) * (INR t + 2) / 3) - (INR t + 1)) with
    (c * (INR t * (INR t + 1) * (INR t + 2) / 3)
     + ((INR t - 1) * (INR t + 1) + (INR t - 1) * INR t * (INR t + 1) / 3)) by field.
  repeat apply b_plus; [apply b_mult | apply b_mult |]; auto using dU_largest, U_largest, dV_largest;
    apply b_self; lra.
Qed.

Theorem heavy_ball_initial :
  (forall (r sigma : R), 0 < r -> r * ((2 * sigma * (1 - r ^ 2)) / (r ^ 2 + 1) + sigma * (- (1 -
   r ^ 2) / (r ^ 2 + 1) + 1)) = 1 - (r ^ 2 - 2 * r * sigma + 1) / (r ^ 2 + 1)) /\
  (forall (t : nat) (r sigma : R), (1 <= t)%nat -> 0 < r -> (r ^ (t + 1)%nat) * (((1 - r ^ 2) *
   (U (t + 1)%nat sigma)) / (r ^ 2 + 1) + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * (T (t + 1)%nat
   sigma)) = - (r ^ 2) * (r ^ (t - 1)%nat) * (((1 - r ^ 2) * (U (t - 1)%nat sigma)) / (r ^ 2 +
   1) + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * (T (t - 1)%nat sigma)) + 2 * r * (r ^ t) * sigma *
   (((1 - r ^ 2) * (U t sigma)) / (r ^ 2 + 1) + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * (T t
   sigma))) /\
  (forall (h r : R), 0 < h -> 0 < r -> exists d1 : R -> R, (forall (x : R), derivable_pt_lim
   (fun x => (r ^ 2 + 2 * r * x + 1) / h) x (d1 x)) /\ (forall (x : R), (r ^ 2 + 2 * r * x + 1)
   / (h * (d1 x)) = r / 2 + x + 1 / (2 * r))) /\
  (forall (t : nat) (b c r : R), (1 <= t)%nat -> 0 <= b -> b <= 1 -> 1 <= c -> 0 < r -> exists
   d1 : R -> R, (forall (x : R), derivable_pt_lim (fun x => U t x) x (d1 x)) /\ (max_abs (fun x
   => (r ^ t) * (- b * (U t x) - (1 - b) * (T t x) + (c + x) * (b * (d1 x) + (INR t) * (1 - b) *
   (U (t - 1)%nat x)))) (-1) 1 ((r ^ t) * (- b * (INR t) + (c + 1) * ((b * (INR t) * (INR t + 1)
   * (INR t + 2)) / 3 + ((INR t) ^ 2) * (1 - b)) - 1)))) /\
  (forall (b c t : R), 0 <= b -> b <= 1 -> 1 <= c -> 1 <= t -> (- b * t + (c + 1) * ((b * t * (t
   + 1) * (t + 2)) / 3 + (t ^ 2) * (1 - b)) - 1) ^ 2 >= (- b * (t - 1) + (c + 1) * ((b * t * (t
   - 1) * (t + 1)) / 3 + (1 - b) * ((t - 1) ^ 2)) - 1) * (- b * (t + 1) + (c + 1) * ((b * (t +
   1) * (t + 2) * (t + 3)) / 3 + (1 - b) * ((t + 1) ^ 2)) - 1)).
Proof.
  split; [|split; [|split; [|split]]].
  - apply heavy_ball_start.
  - apply heavy_ball_recurrence.
  - intros h r Hh Hr. exists (fun _ => 2 * r / h). split; [intros x | intros; field; lra].
    apply (d_ext (fun x => 2 * r / h * x + (r ^ 2 + 1) / h) _ x (2 * r / h)); [|reflexivity | apply d_affine].
    intros y. field. lra.
  - intros t b c r Ht Hb Hb1 Hc Hr. exists (dV (S t)). split; [intros x; apply U_derivative|].
    set (g := fun x => (1 - b) * (INR t * (c + x) * V t x - T t x) + b * ((c + x) * dV (S t) x - V (S t) x)).
    apply (max_abs_ext (fun x => r ^ t * g x) _ (-1) 1
      (r ^ t * ((1 - b) * (INR t ^ 2 * (c + 1) - 1)
        + b * ((c + 1) * (INR t * (INR t + 1) * (INR t + 2) / 3) - (INR t + 1))))).
    + intros x. rewrite U_V, U_pred by assumption. unfold g. ring.
    + field.
    + apply max_at_one.
      * unfold g. rewrite dU_at_1, !V_at_1, T_at_1, S_INR. field.
      * intros x Hx. apply b_mult; [apply b_self, pow_le; lra|]. unfold g. apply b_plus; apply b_mult;
          auto using three_terms_largest, slope_terms_largest; apply b_self; lra.
  - intros b c t Hb Hb1 Hc Ht.
    assert (E : (- b * t + (c + 1) * (b * t * (t + 1) * (t + 2) / 3 + t ^ 2 * (1 - b)) - 1) ^ 2
      - (- b * (t - 1) + (c + 1) * (b * t * (t - 1) * (t + 1) / 3 + (1 - b) * (t - 1) ^ 2) - 1)
      * (- b * (t + 1) + (c + 1) * (b * (t + 1) * (t + 2) * (t + 3) / 3 + (1 - b) * (t + 1) ^ 2) - 1)
      = (c + 1) ^ 2 * (b ^ 2 * (t ^ 2 * (t ^ 2 - 1)) / 3 + b * (4 * t ^ 3 + 2 * t) / 3)
        + (b ^ 2 * c ^ 2 + c ^ 2 * (2 * t ^ 2 - 1) + 4 * c * t ^ 2 + 2 * t ^ 2 + 1)) by field.
    assert (0 <= t ^ 2 * (t ^ 2 - 1)) by (apply Rmult_le_pos; nra).
    assert (0 <= b ^ 2 * (t ^ 2 * (t ^ 2 - 1))) by (apply Rmult_le_pos; nra).
    assert (0 <= 4 * t ^ 3 + 2 * t) by (pose proof (pow_le t 3 ltac:(lra)); lra).
    assert (0 <= b * (4 * t ^ 3 + 2 * t)) by (apply Rmult_le_pos; lra).
    assert (0 <= (c + 1) ^ 2 * (b ^ 2 * (t ^ 2 * (t ^ 2 - 1)) / 3 + b * (4 * t ^ 3 + 2 * t) / 3))
      by (apply Rmult_le_pos; nra).
    assert (0 <= b ^ 2 * c ^ 2) by (apply Rmult_le_pos; nra).
    assert (0 <= c ^ 2 * (2 * t ^ 2 - 1)) by (apply Rmult_le_pos; nra).
    assert (0 <= 4 * c * t ^ 2) by (apply Rmult_le_pos; nra). nra.
Qed.
