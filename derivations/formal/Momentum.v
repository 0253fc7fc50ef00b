(** What the proofs for heavy ball and Nesterov share: q_t = (1 - b) T_t + b U_t and its slope.
    V_{t+1} = U_t, dV_{t+1} = U_t'. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts ChebyshevInitial.
Open Scope R_scope.

Lemma U_V t x : U t x = V (S t) x.
Proof. reflexivity. Qed.

(** t U_{t-1} = t V_t, at t = 0 too. *)
Lemma t_U_pred t x : INR t * U (t - 1) x = INR t * V t x.
Proof. destruct t; [simpl; ring|]. now rewrite U_pred by lia. Qed.

Lemma dU_at_1 t : dV (S t) 1 = INR t * (INR t + 1) * (INR t + 2) / 3.
Proof. rewrite dV_at_1, S_INR. field. Qed.

Lemma dU_largest t x : -1 <= x <= 1 -> Rabs (dV (S t) x) <= INR t * (INR t + 1) * (INR t + 2) / 3.
Proof.
  intros H. eapply Rle_trans; [now apply dV_largest|]. rewrite S_INR. right. field.
Qed.

Lemma U_largest t x : -1 <= x <= 1 -> Rabs (V (S t) x) <= INR t + 1.
Proof. intros H. rewrite <- S_INR. now apply V_largest. Qed.

(** x U_t' - t U_t = U_{t-1}' *)
Lemma slope_below t x : x * dV (S t) x - INR t * V (S t) x = dV t x.
Proof.
  assert (D : (1 - x ^ 2) * dV t x = x * V t x - INR t * T t x).
  { induction t; [unfold V; simpl; ring|]. cbn [dV]. rewrite V_next, T_next, S_INR.
    replace ((1 - x ^ 2) * (x * dV t x + (INR t + 1) * V t x)) with
      (x * ((1 - x ^ 2) * dV t x) + (1 - x ^ 2) * (INR t + 1) * V t x) by ring. rewrite IHt. ring. }
  cbn [dV]. rewrite V_next, S_INR.
  replace (x * (x * dV t x + (INR t + 1) * V t x) - INR t * (x * V t x + T t x)) with
    (x ^ 2 * dV t x + (x * V t x - INR t * T t x)) by ring. rewrite <- D. ring.
Qed.

(** heavy ball, P_t = r^t q_t(sigma): the first step and the recurrence *)
Lemma heavy_ball_start r sigma : 0 < r ->
  r * (2 * sigma * (1 - r ^ 2) / (r ^ 2 + 1) + sigma * (- (1 - r ^ 2) / (r ^ 2 + 1) + 1))
  = 1 - (r ^ 2 - 2 * r * sigma + 1) / (r ^ 2 + 1).
Proof. intros. field. nra. Qed.

Lemma heavy_ball_recurrence t r sigma : (1 <= t)%nat -> 0 < r ->
  r ^ (t + 1) * ((1 - r ^ 2) * U (t + 1) sigma / (r ^ 2 + 1)
    + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * T (t + 1) sigma)
  = - r ^ 2 * r ^ (t - 1) * ((1 - r ^ 2) * U (t - 1) sigma / (r ^ 2 + 1)
    + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * T (t - 1) sigma)
  + 2 * r * r ^ t * sigma * ((1 - r ^ 2) * U t sigma / (r ^ 2 + 1)
    + (- (1 - r ^ 2) / (r ^ 2 + 1) + 1) * T t sigma).
Proof.
  intros Ht Hr. destruct t as [|n]; [lia|]. replace (S n - 1)%nat with n by lia.
  replace (S n + 1)%nat with (S (S n)) by lia. rewrite T_rec, U_rec. simpl pow. field. nra.
Qed.

(** Nesterov, P_t = (s sigma)^t q_t(sigma): the first step and the recurrence *)
Lemma nesterov_start m sigma : 0 < m ->
  2 * m * sigma * (2 * sigma * (1 - m) / (m + 1) + sigma * (- (1 - m) / (m + 1) + 1)) / (m + 1)
  = 4 * m * sigma ^ 2 / (m + 1) ^ 2.
Proof. intros. field. lra. Qed.

Lemma nesterov_recurrence t m sigma : (1 <= t)%nat -> 0 < m ->
  4 * m ^ 2 * sigma ^ 2 * ((1 - m) * U (t + 1) sigma / (m + 1)
    + (- (1 - m) / (m + 1) + 1) * T (t + 1) sigma) / (m + 1) ^ 2
  = 8 * m ^ 2 * sigma ^ 3 * ((1 - m) * U t sigma / (m + 1)
    + (- (1 - m) / (m + 1) + 1) * T t sigma) / (m + 1) ^ 2
  - 4 * m ^ 2 * sigma ^ 2 * ((1 - m) * U (t - 1) sigma / (m + 1)
    + (- (1 - m) / (m + 1) + 1) * T (t - 1) sigma) / (m + 1) ^ 2.
Proof.
  intros Ht Hm. destruct t as [|n]; [lia|]. replace (S n - 1)%nat with n by lia.
  replace (S n + 1)%nat with (S (S n)) by lia. rewrite T_rec, U_rec. field. lra.
Qed.

(** |scale (b U_t + (1 - b) T_t)| <= scale (b t + 1) *)
Lemma profile_largest t b x : 0 <= b -> b <= 1 -> -1 <= x <= 1 ->
  Rabs (b * U t x + (1 - b) * T t x) <= b * INR t + 1.
Proof.
  intros Hb Hb1 Hx. rewrite U_V. replace (b * INR t + 1) with (b * (INR t + 1) + (1 - b) * 1) by ring.
  apply b_plus; apply b_mult; auto using U_largest, T_largest; apply b_self; lra.
Qed.

Lemma profile_at_1 t b : b * U t 1 + (1 - b) * T t 1 = b * INR t + 1.
Proof. rewrite U_V, V_at_1, T_at_1, S_INR. ring. Qed.
