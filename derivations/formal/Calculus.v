(** Derivatives by rule, bounds of sums and products, maxima at one end. *)
Require Import Reals Lra Lia.
Require Import Statements.
Open Scope R_scope.

Lemma two_step (P : nat -> Prop) :
  P 0%nat -> P 1%nat -> (forall n, P n -> P (S n) -> P (S (S n))) -> forall n, P n.
Proof. intros H0 H1 H n. enough (P n /\ P (S n)) by tauto. induction n; intuition. Qed.

Section Derivatives.
Variables (f g : R -> R) (x p q : R).

Lemma d_ext : (forall y, f y = g y) -> p = q -> derivable_pt_lim f x p -> derivable_pt_lim g x q.
Proof.
  intros E <- D eps He. destruct (D eps He) as [d Hd]. exists d. intros h. rewrite <- !E. apply Hd.
Qed.

Lemma d_plus : derivable_pt_lim f x p -> derivable_pt_lim g x q ->
  derivable_pt_lim (fun y => f y + g y) x (p + q).
Proof. apply derivable_pt_lim_plus. Qed.

Lemma d_minus : derivable_pt_lim f x p -> derivable_pt_lim g x q ->
  derivable_pt_lim (fun y => f y - g y) x (p - q).
Proof. apply derivable_pt_lim_minus. Qed.

Lemma d_mult : derivable_pt_lim f x p -> derivable_pt_lim g x q ->
  derivable_pt_lim (fun y => f y * g y) x (p * g x + f x * q).
Proof. apply derivable_pt_lim_mult. Qed.
End Derivatives.

Lemma d_const c x : derivable_pt_lim (fun _ => c) x 0.
Proof. apply derivable_pt_lim_const. Qed.

Lemma d_id x : derivable_pt_lim (fun y => y) x 1.
Proof. apply derivable_pt_lim_id. Qed.

Lemma d_affine a b x : derivable_pt_lim (fun y => a * y + b) x a.
Proof.
  eapply d_ext; [intros y; reflexivity | | apply d_plus; [apply d_mult|]];
    [| apply d_const | apply d_id | apply d_const]. lra.
Qed.

Lemma d_comp f g x p q : derivable_pt_lim f x p -> derivable_pt_lim g (f x) q ->
  derivable_pt_lim (fun y => g (f y)) x (q * p).
Proof. intros. now apply (derivable_pt_lim_comp f g). Qed.

Lemma d_pow f x p n : derivable_pt_lim f x p ->
  derivable_pt_lim (fun y => f y ^ n) x (INR n * f x ^ (n - 1) * p).
Proof.
  intros D. apply (d_comp f (fun z => z ^ n)); [assumption|].
  replace (n - 1)%nat with (pred n) by lia. apply derivable_pt_lim_pow.
Qed.

(** Bounds: of sums and products; of numbers that are not negative. *)
Lemma b_plus p q a b : Rabs p <= a -> Rabs q <= b -> Rabs (p + q) <= a + b.
Proof. intros. pose proof (Rabs_triang p q). lra. Qed.

Lemma b_mult p q a b : Rabs p <= a -> Rabs q <= b -> Rabs (p * q) <= a * b.
Proof. intros. rewrite Rabs_mult. apply Rmult_le_compat; auto using Rabs_pos. Qed.

Lemma b_self c : 0 <= c -> Rabs c <= c.
Proof. intros. rewrite Rabs_right; lra. Qed.

Lemma b_unit x : -1 <= x <= 1 -> Rabs x <= 1.
Proof. intros. apply Rabs_le. lra. Qed.

Lemma b_power x n : -1 <= x <= 1 -> Rabs (x ^ n) <= 1.
Proof.
  intros H. rewrite <- RPow_abs. apply b_unit in H. pose proof (Rabs_pos x).
  rewrite <- (pow1 n). apply pow_incr. lra.
Qed.

(** A function whose value at 1 bounds it on [-1, 1] is largest there. *)
Lemma max_at_one f v : f 1 = v -> (forall x, -1 <= x <= 1 -> Rabs (f x) <= v) -> max_abs f (-1) 1 v.
Proof.
  intros H1 H. split; [exact H|]. exists 1. split; [lra|].
  assert (B : Rabs (f 1) <= v) by (apply H; lra). pose proof (Rabs_pos (f 1)).
  rewrite H1 in *. apply Rabs_right. lra.
Qed.

Lemma max_at_ends f a b : a <= b ->
  (forall x, a <= x <= b -> Rabs (f x) <= Rmax (Rabs (f a)) (Rabs (f b))) ->
  max_abs f a b (Rmax (Rabs (f a)) (Rabs (f b))).
Proof.
  intros Hab H. split; [exact H|].
  unfold Rmax. destruct (Rle_dec (Rabs (f a)) (Rabs (f b))); [exists b | exists a]; split; lra.
Qed.

Lemma max_abs_ext f g a b v w : (forall x, f x = g x) -> v = w -> max_abs f a b v -> max_abs g a b w.
Proof.
  intros E <- [H [x [Hx Hv]]]. split; [intros; rewrite <- E; auto|]. exists x. now rewrite <- E.
Qed.
