(** Gradient descent, initial part: P_t - lam P_t' = phi_t(u), u = h lam, is largest at an end of
    [a, b]; its values are log-concave in t; the growth at one end stops at 2(u - 1)/(u(2 - u)).
    Derivation: gradient_descent_initial. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus EndPoints.
Open Scope R_scope.

(** (1 - u)^t - u d/du (1 - u)^t = phi_t(u) *)
Lemma initial_is_phi t h lam : (1 <= t)%nat ->
  - lam * - (h * INR t * (- h * lam + 1) ^ (t - 1)) + (- h * lam + 1) ^ t
  = (- h * lam + 1) ^ (t - 1) * (h * lam * (INR t - 1) + 1).
Proof.
  intros Ht. destruct t as [|n]; [lia|]. replace (S n - 1)%nat with n by lia.
  rewrite S_INR. simpl pow. ring.
Qed.

Lemma phi_of_t t u : (1 <= t)%nat -> phi (t - 1) u = (1 - u) ^ (t - 1) * (u * (INR t - 1) + 1).
Proof. intros Ht. unfold phi. now rewrite minus_INR. Qed.

Theorem gradient_descent_initial :
  (forall (t : nat) (h : R), (1 <= t)%nat -> 0 < h -> exists d1 : R -> R, (forall (lam : R),
   derivable_pt_lim (fun lam => (- h * lam + 1) ^ t) lam (d1 lam)) /\ (forall (lam : R), - lam *
   (d1 lam) + (- h * lam + 1) ^ t = ((- h * lam + 1) ^ (t - 1)%nat) * (h * lam * (INR t - 1) +
   1))) /\
  (forall (t : nat) (a b : R), (2 <= t)%nat -> 0 <= a -> a <= b -> max_abs (fun u => ((1 - u) ^
   (t - 1)%nat) * (u * (INR t - 1) + 1)) a b (Rmax (((Rabs (a - 1)) ^ (t - 1)%nat) * (Rabs (a *
   (INR t - 1) + 1))) (((Rabs (b - 1)) ^ (t - 1)%nat) * (Rabs (b * (INR t - 1) + 1))))) /\
  (forall (t u : R), 1 <= t -> 0 <= u -> (t * u + 1) ^ 2 >= (u * (t - 1) + 1) * (u * (t + 1) +
   1)) /\
  (forall (t u : R), 0 <= t -> 0 <= u -> - u * (t - 1) + (u - 1) * (t * u + 1) - 1 = - t * u *
   (2 - u) + 2 * u - 2).
Proof.
  split; [|split; [|split]].
  - intros t h Ht _. eexists. split; [intros lam; now apply power_derivative|].
    intros lam. now apply initial_is_phi.
  - intros t a b Ht Ha Hab.
    assert (E : forall u, Rabs (phi (t - 1) u) = Rabs (u - 1) ^ (t - 1) * Rabs (u * (INR t - 1) + 1)).
    { intros u. rewrite phi_of_t by lia. now rewrite Rabs_mult, <- RPow_abs, (Rabs_minus_sym 1). }
    rewrite <- !E. apply (max_abs_ext (phi (t - 1)) _ a b (Rmax (Rabs (phi (t - 1) a)) (Rabs (phi (t - 1) b))));
      [intros u; apply phi_of_t; lia | reflexivity|].
    apply max_at_ends; [assumption|]. intros u Hu. now apply phi_at_ends.
  - intros t u Ht Hu. nra.
  - intros. ring.
Qed.
