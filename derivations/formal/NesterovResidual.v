(** Nesterov's method, residual part: P_t = (s x)^t ((1 - b) T_t + b U_t)(x) is largest at lam = ell.
    Derivation: nesterov_residual. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts Momentum.
Open Scope R_scope.

Theorem nesterov_residual :
  (forall (m sigma : R), 0 < m -> (2 * m * sigma * ((2 * sigma * (1 - m)) / (m + 1) + sigma * (-
   (1 - m) / (m + 1) + 1))) / (m + 1) = (4 * m * (sigma ^ 2)) / ((m + 1) ^ 2)) /\
  (forall (t : nat) (m sigma : R), (1 <= t)%nat -> 0 < m -> (4 * (m ^ 2) * (sigma ^ 2) * (((1 -
   m) * (U (t + 1)%nat sigma)) / (m + 1) + (- (1 - m) / (m + 1) + 1) * (T (t + 1)%nat sigma))) /
   ((m + 1) ^ 2) = (8 * (m ^ 2) * (sigma ^ 3) * (((1 - m) * (U t sigma)) / (m + 1) + (- (1 - m)
   / (m + 1) + 1) * (T t sigma))) / ((m + 1) ^ 2) - (4 * (m ^ 2) * (sigma ^ 2) * (((1 - m) * (U
   (t - 1)%nat sigma)) / (m + 1) + (- (1 - m) / (m + 1) + 1) * (T (t - 1)%nat sigma))) / ((m +
   1) ^ 2)) /\
  (forall (t : nat) (b s : R), 0 <= b -> b <= 1 -> 0 < s -> max_abs (fun x => (s ^ t) * (x ^ t)
   * (b * (U t x) + (1 - b) * (T t x))) (-1) 1 ((s ^ t) * (b * (INR t) + 1))) /\
  (forall (b t : R), 0 <= b -> b <= 1 -> 1 <= t -> (b * t + 1) ^ 2 >= (b * (t - 1) + 1) * (b *
   (t + 1) + 1)).
Proof.
  split; [|split; [|split]].
  - apply nesterov_start.
  - apply nesterov_recurrence.
  - intros t b s Hb Hb1 Hs. apply max_at_one; [rewrite profile_at_1, pow1; ring|]. intros x Hx.
    rewrite <- (Rmult_1_r (s ^ t)) at 2. repeat apply b_mult;
      [apply b_self, pow_le; lra | now apply b_power | now apply profile_largest].
  - intros. nra.
Qed.
