(** Heavy ball, drift: P_t' = (h/2r) r^t q_t' up to its sign, q_t' = (1 - b) t U_{t-1} + b U_t', both
    terms largest at x = 1 (lam = L).  At t = 0, where the text says U (t - 1), its factor t is 0.
    Derivation: heavy_ball_drift. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts Momentum.
Open Scope R_scope.

Theorem heavy_ball_drift :
  (forall (r sigma : R), 0 < r -> r * ((2 * sigma * (1 - r ^ 2)) / (r ^ 2 + 1) + sigma * (- (1 -
   r ^ 2) / (r ^ 2 + 1) + 1)) = 1 - (r ^ 2 - 2 * r * sigma + 1) / (r ^ 2 + 1)) /\
  (forall (t : nat) (r sigma : R), (1 <= t)%nat -> 0 < r -> (r ^ (t + 1)%nat) * (((1 - r ^ 2) *
   (U (t + 1)%nat sigma)) / (r ^ 2 + 1) + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * (T (t + 1)%nat
   sigma)) = - (r ^ 2) * (r ^ (t - 1)%nat) * (((1 - r ^ 2) * (U (t - 1)%nat sigma)) / (r ^ 2 +
   1) + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * (T (t - 1)%nat sigma)) + 2 * r * (r ^ t) * sigma *
   (((1 - r ^ 2) * (U t sigma)) / (r ^ 2 + 1) + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * (T t
   sigma))) /\
  (forall (h r : R), 0 < h -> 0 < r -> exists d1 : R -> R, (forall (x : R), derivable_pt_lim
   (fun x => (r ^ 2 + 2 * r * x + 1) / h) x (d1 x)) /\ (forall (x : R), d1 x = (2 * r) / h)) /\
  (forall (t : nat) (b h r : R), 0 <= b -> b <= 1 -> 0 < h -> 0 < r -> exists d1 : R -> R,
   (forall (x : R), derivable_pt_lim (fun x => U t x) x (d1 x)) /\ (max_abs (fun x => (h * (r ^
   t) * (b * (d1 x) + (INR t) * (1 - b) * (U (t - 1)%nat x))) / (2 * r)) (-1) 1 ((h * (r ^ t) *
   ((b * (INR t) * (INR t + 1) * (INR t + 2)) / 3 + ((INR t) ^ 2) * (1 - b))) / (2 * r)))) /\
  (forall (b t : R), 0 <= b -> b <= 1 -> 1 <= t -> ((b * t * (t + 1) * (t + 2)) / 3 + (t ^ 2) *
   (1 - b)) ^ 2 >= ((b * t * (t - 1) * (t + 1)) / 3 + (1 - b) * ((t - 1) ^ 2)) * ((b * (t + 1) *
   (t + 2) * (t + 3)) / 3 + (1 - b) * ((t + 1) ^ 2))).
Proof.
  split; [|split; [|split; [|split]]].
  - apply heavy_ball_start.
  - apply heavy_ball_recurrence.
  - intros h r Hh Hr. exists (fun _ => 2 * r / h). split; [intros x | reflexivity].
    apply (d_ext (fun x => 2 * r / h * x + (r ^ 2 + 1) / h) _ x (2 * r / h)); [|reflexivity | apply d_affine].
    intros y. field. lra.
  - intros t b h r Hb Hb1 Hh Hr. exists (dV (S t)). split; [intros x; apply U_derivative|].
    pose proof (pos_INR t) as Ht. assert (0 < r ^ t) by now apply pow_lt.
    assert (C : 0 <= h * r ^ t / (2 * r)).
    { apply Rmult_le_pos; [nra|]. left. apply Rinv_0_lt_compat. lra. }
    assert (E : forall x, h * r ^ t * (b * dV (S t) x + INR t * (1 - b) * U (t - 1) x) / (2 * r)
      = h * r ^ t / (2 * r) * (b * dV (S t) x + (1 - b) * INR t * V t x)).
    { intros x. replace (INR t * (1 - b) * U (t - 1) x) with ((1 - b) * (INR t * U (t - 1) x)) by ring.
      rewrite t_U_pred. field. lra. }
    apply max_at_one; [rewrite E, dU_at_1, V_at_1; field; lra|]. intros x Hx. rewrite E.
    replace (h * r ^ t * (b * INR t * (INR t + 1) * (INR t + 2) / 3 + INR t ^ 2 * (1 - b)) / (2 * r)) with
      (h * r ^ t / (2 * r) * (b * (INR t * (INR t + 1) * (INR t + 2) / 3) + (1 - b) * INR t * INR t))
      by (field; lra).
    apply b_mult; [now apply b_self|].
    apply b_plus; apply b_mult; auto using dU_largest, V_largest; apply b_self; nra.
  - intros b t Hb Hb1 Ht.
    assert (0 <= b ^ 2 * t ^ 2 * (t ^ 2 - 1)) by (apply Rmult_le_pos; nra).
    assert (0 <= b * t ^ 3) by (apply Rmult_le_pos; [lra | apply pow_le; lra]).
    assert (0 <= b * t) by nra. assert (1 <= t ^ 2) by nra. nra.
Qed.
