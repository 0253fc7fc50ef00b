(** Gradient descent, u = h lam: the parts fall in modulus until u = 1 and rise from there. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus.
Open Scope R_scope.

(** |1 - u| on [a, b] *)
Lemma distance_at_ends a b u : a <= u <= b -> Rabs (1 - u) <= Rmax (Rabs (a - 1)) (Rabs (b - 1)).
Proof.
  intros H. rewrite (Rabs_minus_sym 1 u). destruct (Rle_or_lt u 1).
  - eapply Rle_trans; [|apply Rmax_l]. rewrite !Rabs_left1 by lra. lra.
  - eapply Rle_trans; [|apply Rmax_r]. rewrite !Rabs_right by lra. lra.
Qed.

Lemma power_at_ends n a b u : a <= u <= b ->
  Rabs ((1 - u) ^ n) <= Rmax (Rabs (a - 1) ^ n) (Rabs (b - 1) ^ n).
Proof.
  intros H. rewrite <- RPow_abs. apply distance_at_ends in H. pose proof (Rabs_pos (1 - u)).
  assert (E : Rabs (1 - u) ^ n <= Rmax (Rabs (a - 1)) (Rabs (b - 1)) ^ n) by (apply pow_incr; lra).
  revert E. unfold Rmax at 1. destruct (Rle_dec _ _); intros E; (eapply Rle_trans; [exact E|]);
    [apply Rmax_r | apply Rmax_l].
Qed.

(** phi_t(u) = (1 - u)^(t-1) (1 + (t - 1) u), with n = t - 1. *)
Definition phi (n : nat) (u : R) : R := (1 - u) ^ n * (u * INR n + 1).

(** (w^n - v^n)/(w - v) *)
Fixpoint quotient (n : nat) (w v : R) : R :=
  match n with O => 0 | S n => w * quotient n w v + v ^ n end.

Lemma quotient_spec n w v : w ^ n - v ^ n = (w - v) * quotient n w v.
Proof. induction n; simpl; [ring | nra]. Qed.

Lemma quotient_lower n w v : 0 <= v -> v <= w -> w <= 1 -> INR n * v ^ n <= quotient n w v.
Proof.
  intros Hv Hvw Hw. induction n; [simpl; lra|].
  rewrite S_INR. simpl. pose proof (pow_le v n Hv). pose proof (pos_INR n).
  assert (0 <= quotient n w v) by nra.
  assert (v * (INR n * v ^ n) <= w * quotient n w v) by (apply Rmult_le_compat; nra). nra.
Qed.

Lemma phi_falls n u v : 0 <= u -> u <= v -> v <= 1 -> phi n v <= phi n u.
Proof.
  intros. unfold phi. pose proof (quotient_spec n (1 - u) (1 - v)) as Q.
  pose proof (quotient_spec (S n) (1 - u) (1 - v)) as R.
  pose proof (quotient_lower n (1 - u) (1 - v) ltac:(lra) ltac:(lra) ltac:(lra)).
  simpl in R. set (q := quotient n (1 - u) (1 - v)) in *.
  set (a := (1 - u) ^ n) in *. set (b := (1 - v) ^ n) in *. set (k := INR n) in *.
  assert (0 <= k) by apply pos_INR. assert (0 <= b) by (apply pow_le; lra). assert (0 <= q) by nra.
  assert (a * (u * k + 1) - b * (v * k + 1) = (v - u) * ((k + 1) * q - k * ((1 - u) * q + b))).
  { replace (a * (u * k + 1)) with ((k + 1) * a - k * ((1 - u) * a)) by ring.
    replace (b * (v * k + 1)) with ((k + 1) * b - k * ((1 - v) * b)) by ring. nra. }
  assert (0 <= (k + 1) * q - k * ((1 - u) * q + b)).
  { assert (0 <= k * q * u) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; assumption). nra. }
  nra.
Qed.

Lemma phi_positive n u : 0 <= u <= 1 -> 0 <= phi n u.
Proof. intros. apply Rmult_le_pos; [apply pow_le; lra|]. pose proof (pos_INR n). nra. Qed.

Lemma phi_beyond n u : 1 <= u -> Rabs (phi n u) = (u - 1) ^ n * (u * INR n + 1).
Proof.
  intros. unfold phi. rewrite Rabs_mult, <- RPow_abs. pose proof (pos_INR n).
  rewrite (Rabs_left1 (1 - u)), (Rabs_right (u * INR n + 1)) by nra. f_equal. f_equal. lra.
Qed.

Lemma phi_rises n u v : 1 <= u -> u <= v -> Rabs (phi n u) <= Rabs (phi n v).
Proof.
  intros. rewrite !phi_beyond by lra. pose proof (pos_INR n).
  apply Rmult_le_compat; try nra; [apply pow_le; lra | apply pow_incr; lra].
Qed.

Theorem phi_at_ends n a b u : 0 <= a -> a <= u <= b ->
  Rabs (phi n u) <= Rmax (Rabs (phi n a)) (Rabs (phi n b)).
Proof.
  intros Ha [Hau Hub]. destruct (Rle_or_lt u 1).
  - eapply Rle_trans; [|apply Rmax_l].
    rewrite !Rabs_right by (apply Rle_ge, phi_positive; lra). apply phi_falls; lra.
  - eapply Rle_trans; [|apply Rmax_r]. apply phi_rises; lra.
Qed.

(** P_t = (1 - h lam)^t and its derivative *)
Lemma power_derivative t h lam : (1 <= t)%nat ->
  derivable_pt_lim (fun lam => (- h * lam + 1) ^ t) lam (- (h * INR t * (- h * lam + 1) ^ (t - 1))).
Proof.
  intros Ht. eapply d_ext; [reflexivity | | apply (d_pow (fun y => - h * y + 1)), d_affine]. ring.
Qed.
