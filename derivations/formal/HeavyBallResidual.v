(** Heavy ball, residual part: P_t = r^t ((1 - b) T_t + b U_t) is largest at both ends, r^t (1 + b t).
    Derivation: heavy_ball_residual. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts Momentum.
Open Scope R_scope.

Theorem heavy_ball_residual :
  (forall (r sigma : R), 0 < r -> r * ((2 * sigma * (1 - r ^ 2)) / (r ^ 2 + 1) + sigma * (- (1 -
   r ^ 2) / (r ^ 2 + 1) + 1)) = 1 - (r ^ 2 - 2 * r * sigma + 1) / (r ^ 2 + 1)) /\
  (forall (t : nat) (r sigma : R), (1 <= t)%nat -> 0 < r -> (r ^ (t + 1)%nat) * (((1 - r ^ 2) *
   (U (t + 1)%nat sigma)) / (r ^ 2 + 1) + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * (T (t + 1)%nat
   sigma)) = - (r ^ 2) * (r ^ (t - 1)%nat) * (((1 - r ^ 2) * (U (t - 1)%nat sigma)) / (r ^ 2 +
   1) + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * (T (t - 1)%nat sigma)) + 2 * r * (r ^ t) * sigma *
   (((1 - r ^ 2) * (U t sigma)) / (r ^ 2 + 1) + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * (T t
   sigma))) /\
  (forall (t : nat) (b r : R), 0 <= b -> b <= 1 -> 0 < r -> max_abs (fun x => (r ^ t) * (b * (U
   t x) + (1 - b) * (T t x))) (-1) 1 ((r ^ t) * (b * (INR t) + 1))) /\
  (forall (b t : R), 0 <= b -> b <= 1 -> 1 <= t -> (b * t + 1) ^ 2 >= (b * (t - 1) + 1) * (b *
   (t + 1) + 1)).
Proof.
  split; [|split; [|split]].
  - apply heavy_ball_start.
  - apply heavy_ball_recurrence.
  - intros t b r Hb Hb1 Hr. apply max_at_one; [now rewrite profile_at_1|].
    intros x Hx. apply b_mult; [apply b_self, pow_le; lra | now apply profile_largest].
  - intros. nra.
Qed.
