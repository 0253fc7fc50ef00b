(** Nesterov's method, drift: P_t' is largest at lam = ell.  dP_t/dy, y = x^2, has the terms
    x^(t-2) t U_t and x^(t-1) U_t', as T_t + x U_{t-1} = U_t.  Derivation: nesterov_drift. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts Momentum.
Open Scope R_scope.

Lemma slope_in_y t b s x : (2 <= t)%nat -> 2 * x <> 0 ->
  (INR t * (s * x) ^ (t - 1) * s * (b * U t x + (1 - b) * T t x)
   + (s * x) ^ t * (b * dV (S t) x + (1 - b) * (INR t * V t x))) / (2 * x)
  = s ^ t * x ^ (t - 2) * (b * (INR t * U t x + x * dV (S t) x) + INR t * (1 - b) * U t x) / 2.
Proof.
  intros Ht Hx.
  assert (E1 : (s * x) ^ (t - 1) * s = s ^ t * x ^ (t - 2) * x).
  { replace t with (S (S (t - 2))) at 1 2 by lia. simpl (S _ - 1)%nat. rewrite Rpow_mult_distr. simpl. ring. }
  assert (E2 : (s * x) ^ t = s ^ t * x ^ (t - 2) * x * x).
  { rewrite Rpow_mult_distr. replace t with (S (S (t - 2))) at 2 by lia. simpl. ring. }
  replace (INR t * (s * x) ^ (t - 1) * s) with (INR t * ((s * x) ^ (t - 1) * s)) by ring.
  rewrite E1, E2, U_V, V_next. field. lra.
Qed.

Theorem nesterov_drift :
  (forall (m sigma : R), 0 < m -> (2 * m * sigma * ((2 * sigma * (1 - m)) / (m + 1) + sigma * (-
   (1 - m) / (m + 1) + 1))) / (m + 1) = (4 * m * (sigma ^ 2)) / ((m + 1) ^ 2)) /\
  (forall (t : nat) (m sigma : R), (1 <= t)%nat -> 0 < m -> (4 * (m ^ 2) * (sigma ^ 2) * (((1 -
   m) * (U (t + 1)%nat sigma)) / (m + 1) + (- (1 - m) / (m + 1) + 1) * (T (t + 1)%nat sigma))) /
   ((m + 1) ^ 2) = (8 * (m ^ 2) * (sigma ^ 3) * (((1 - m) * (U t sigma)) / (m + 1) + (- (1 - m)
   / (m + 1) + 1) * (T t sigma))) / ((m + 1) ^ 2) - (4 * (m ^ 2) * (sigma ^ 2) * (((1 - m) * (U
   (t - 1)%nat sigma)) / (m + 1) + (- (1 - m) / (m + 1) + 1) * (T (t - 1)%nat sigma))) / ((m +
   1) ^ 2)) /\
  (forall (t : nat) (b s : R), (2 <= t)%nat -> 0 < b -> 0 < s -> exists d1 : R -> R, (forall (x
   : R), derivable_pt_lim (fun x => ((s * x) ^ t) * (b * (U t x) + (1 - b) * (T t x))) x (d1 x))
   /\ (exists d2 : R -> R, (forall (x : R), derivable_pt_lim (fun x => U t x) x (d2 x)) /\
   (forall (x : R), 2 * x <> 0 -> (d1 x) / (2 * x) = ((s ^ t) * (x ^ (t - 2)%nat) * (b * ((INR
   t) * (U t x) + x * (d2 x)) + (INR t) * (1 - b) * (U t x))) / 2))) /\
  (forall (t : nat) (b s : R), (2 <= t)%nat -> 0 <= b -> b <= 1 -> 0 < s -> exists d1 : R -> R,
   (forall (x : R), derivable_pt_lim (fun x => U t x) x (d1 x)) /\ (max_abs (fun x => ((s ^ t) *
   (x ^ (t - 2)%nat) * (b * ((INR t) * (U t x) + x * (d1 x)) + (INR t) * (1 - b) * (U t x))) /
   2) (-1) 1 (((s ^ t) * ((b * (INR t) * (INR t + 1) * (INR t + 2)) / 3 + ((INR t) ^ 2) * (1 -
   b) + (INR t) * (b * (INR t) + 1))) / 2))) /\
  (forall (b s : R), 0 < b -> 0 < s -> exists d1 : R -> R, (forall (y : R), 0 < y ->
   derivable_pt_lim (fun y => s * (sqrt y) * (2 * b * (sqrt y) + (sqrt y) * (1 - b))) y (d1 y))
   /\ (forall (y : R), 0 < y -> d1 y = (s * (2 * b + 2)) / 2)) /\
  (forall (b t : R), 0 <= b -> b <= 1 -> 1 <= t -> ((b * t * (t + 1) * (t + 2)) / 3 + (t ^ 2) *
   (1 - b) + t * (b * t + 1)) ^ 2 >= ((b * t * (t - 1) * (t + 1)) / 3 + (1 - b) * ((t - 1) ^ 2)
   + (t - 1) * (b * (t - 1) + 1)) * ((b * (t + 1) * (t + 2) * (t + 3)) / 3 + (1 - b) * ((t + 1)
   ^ 2) + (t + 1) * (b * (t + 1) + 1))).
Proof.
  split; [|split; [|split; [|split; [|split]]]].
  - apply nesterov_start.
  - apply nesterov_recurrence.
  - intros t b s Ht Hb Hs. eexists. split; [intros x; apply (d_mult (fun x => (s * x) ^ t)); [|apply d_plus]|].
    + apply (d_pow (fun x => s * x)). apply (d_ext (fun x => s * x + 0) _ x s); [intros; ring | reflexivity | apply d_affine].
    + apply (derivable_pt_lim_scal (U t)). apply U_derivative.
    + apply (derivable_pt_lim_scal (T t)). apply T_derivative.
    + exists (dV (S t)). split; [intros x; apply U_derivative|]. intros x Hx. now apply slope_in_y.
  - intros t b s Ht Hb Hb1 Hs. exists (dV (S t)). split; [intros x; apply U_derivative|].
    pose proof (pos_INR t) as Hn. assert (C : 0 <= s ^ t) by (apply pow_le; lra).
    set (g := fun x => b * (INR t * V (S t) x) + (b * (x * dV (S t) x) + (1 - b) * (INR t * V (S t) x))).
    assert (E : forall x, s ^ t * x ^ (t - 2) * (b * (INR t * U t x + x * dV (S t) x)
      + INR t * (1 - b) * U t x) / 2 = s ^ t / 2 * (x ^ (t - 2) * g x)).
    { intros x. rewrite U_V. unfold g. field. }
    apply max_at_one; [rewrite E, pow1; unfold g; rewrite dU_at_1, V_at_1, S_INR; field|].
    intros x Hx. rewrite E.
    replace (s ^ t * (b * INR t * (INR t + 1) * (INR t + 2) / 3 + INR t ^ 2 * (1 - b)
      + INR t * (b * INR t + 1)) / 2) with (s ^ t / 2 * (1 * (b * (INR t * (INR t + 1))
      + (b * (1 * (INR t * (INR t + 1) * (INR t + 2) / 3)) + (1 - b) * (INR t * (INR t + 1)))))) by field.
    apply b_mult; [apply b_self; lra|]. apply b_mult; [now apply b_power|]. unfold g.
    repeat apply b_plus; repeat apply b_mult; auto using dU_largest, U_largest, b_unit; apply b_self; lra.
  - intros b s Hb Hs. exists (fun _ => s * (2 * b + 2) / 2). split; [intros y Hy | reflexivity].
    pose proof (derivable_pt_lim_sqrt y Hy) as D. pose proof (sqrt_lt_R0 y Hy).
    eapply d_ext; [intros z; reflexivity | | apply (d_mult (fun y => s * sqrt y)); [|apply d_plus]].
    2: { apply (derivable_pt_lim_scal sqrt), D. }
    2: { apply (derivable_pt_lim_scal sqrt), D. }
    2: { apply (d_mult sqrt (fun _ => 1 - b)); [exact D | apply d_const]. }
    cbn beta. field. lra.
  - intros b t Hb Hb1 Ht.
    assert (E : (b * t * (t + 1) * (t + 2) / 3 + t ^ 2 * (1 - b) + t * (b * t + 1)) ^ 2
      - (b * t * (t - 1) * (t + 1) / 3 + (1 - b) * (t - 1) ^ 2 + (t - 1) * (b * (t - 1) + 1))
      * (b * (t + 1) * (t + 2) * (t + 3) / 3 + (1 - b) * (t + 1) ^ 2 + (t + 1) * (b * (t + 1) + 1))
      = b ^ 2 * (t ^ 4 + 4 * t ^ 3 + 5 * t ^ 2 + 2 * t) / 3 + b * (4 * t ^ 3 + 12 * t ^ 2 + 8 * t) / 3
        + (2 * t ^ 2 + 2 * t)) by field.
    pose proof (pow_le t 2 ltac:(lra)). pose proof (pow_le t 3 ltac:(lra)). pose proof (pow_le t 4 ltac:(lra)).
    assert (0 <= b ^ 2 * (t ^ 4 + 4 * t ^ 3 + 5 * t ^ 2 + 2 * t)) by (apply Rmult_le_pos; nra).
    assert (0 <= b * (4 * t ^ 3 + 12 * t ^ 2 + 8 * t)) by (apply Rmult_le_pos; lra). nra.
Qed.
