(** Gradient descent, residual part: |1 - u|^t is largest at an end of [a, b], u = h lam.
    Derivation: gradient_descent_residual. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus EndPoints.
Open Scope R_scope.

Theorem gradient_descent_residual :
  (forall (h lam : R) (P : R -> R), 0 < h -> - h * lam * (P lam) + P lam = (- h * lam + 1) * (P
   lam)) /\
  (forall (t : nat) (a b : R), (1 <= t)%nat -> 0 <= a -> a <= b -> max_abs (fun u => (1 - u) ^
   t) a b (Rmax ((Rabs (a - 1)) ^ t) ((Rabs (b - 1)) ^ t))).
Proof.
  split; [intros; ring|]. intros t a b Ht Ha Hab.
  assert (E : forall u, Rabs ((1 - u) ^ t) = Rabs (u - 1) ^ t).
  { intros u. now rewrite <- RPow_abs, (Rabs_minus_sym 1). }
  rewrite <- !E. apply (max_at_ends (fun u => (1 - u) ^ t)); [assumption|]. intros u Hu.
  rewrite (E a), (E b). now apply power_at_ends.
Qed.
