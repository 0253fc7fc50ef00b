(** Gradient descent, drift: h t |1 - u|^(t-1) is largest at an end of [a, b], u = h lam; its values
    are log-concave in t.  Derivation: gradient_descent_drift. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus EndPoints.
Open Scope R_scope.

Theorem gradient_descent_drift :
  (forall (t : nat) (h : R), (1 <= t)%nat -> 0 < h -> exists d1 : R -> R, (forall (lam : R),
   derivable_pt_lim (fun lam => (- h * lam + 1) ^ t) lam (d1 lam)) /\ (forall (lam : R), d1 lam
   = - (h * (INR t) * ((- h * lam + 1) ^ (t - 1)%nat)))) /\
  (forall (t : nat) (a b h : R), (2 <= t)%nat -> 0 <= a -> a <= b -> 0 < h -> max_abs (fun u =>
   h * (INR t) * ((1 - u) ^ (t - 1)%nat)) a b (Rmax (h * (INR t) * ((Rabs (a - 1)) ^ (t -
   1)%nat)) (h * (INR t) * ((Rabs (b - 1)) ^ (t - 1)%nat)))) /\
  (forall (t : R), 1 <= t -> t ^ 2 >= (t - 1) * (t + 1)).
Proof.
  split; [|split].
  - intros t h Ht _. eexists. split; [intros lam; now apply power_derivative | reflexivity].
  - intros t a b h Ht Ha Hab Hh. pose proof (pos_INR t). set (k := h * INR t).
    assert (Hk : 0 <= k) by (unfold k; nra). set (n := (t - 1)%nat).
    assert (E : forall u, Rabs (k * (1 - u) ^ n) = k * Rabs (u - 1) ^ n).
    { intros u. now rewrite Rabs_mult, <- RPow_abs, (Rabs_minus_sym 1), (Rabs_right k) by lra. }
    rewrite <- !E. apply (max_at_ends (fun u => k * (1 - u) ^ n)); [assumption|]. intros u Hu.
    rewrite !E, RmaxRmult by assumption. apply Rmult_le_compat_l; [assumption|].
    rewrite <- (Rabs_minus_sym 1), RPow_abs. now apply power_at_ends.
  - intros. nra.
Qed.
