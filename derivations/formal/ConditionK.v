(** Condition K: over [ell, L] every response of the method to its start, and to a force at one step, is
    largest in modulus at lam = ell, and >= 0 there.  With x = (L + ell - 2 lam)/(L - ell), so that x = 1 is
    lam = ell, the responses are T_n(x), U_n(x) and powers with factors >= 0.
    Derivation: condition_k. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts ChebyshevInitial Momentum.
Open Scope R_scope.

Definition largest_at_ell (ell L : R) (r : R -> R) : Prop :=
  0 <= r ell /\ forall lam, ell <= lam <= L -> Rabs (r lam) <= r ell.

Section Responses.
Variables ell L : R.
Hypothesis HL : 0 < ell < L.

Definition x_of (lam : R) : R := (L + ell - 2 * lam) / (L - ell).
Lemma x_at_ell : x_of ell = 1. Proof. unfold x_of. field. lra. Qed.
Lemma x_inside lam : ell <= lam <= L -> -1 <= x_of lam <= 1.
Proof.
  intros H. unfold x_of. split; apply Rmult_le_reg_r with (L - ell); try lra;
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra.
Qed.

(** What is largest at x = 1, and >= 0 there, is largest at lam = ell. *)
Lemma by_x (r p : R -> R) : (forall lam, ell <= lam <= L -> r lam = p (x_of lam)) ->
  (forall x, -1 <= x <= 1 -> Rabs (p x) <= p 1) -> largest_at_ell ell L r.
Proof.
  intros E H. assert (E1 : r ell = p 1) by (rewrite E, x_at_ell by lra; reflexivity). split.
  - rewrite E1. eapply Rle_trans; [apply Rabs_pos | apply (H 1); lra].
  - intros lam Hlam. rewrite E1, E by assumption. apply H, x_inside, Hlam.
Qed.

Lemma U_at_1 n : U n 1 = INR n + 1.
Proof. rewrite U_V, V_at_1, S_INR. reflexivity. Qed.
Lemma U_bound n x : -1 <= x <= 1 -> Rabs (U n x) <= U n 1.
Proof. intros H. rewrite U_at_1, U_V. now apply U_largest. Qed.
Lemma T_bound n x : -1 <= x <= 1 -> Rabs (T n x) <= T n 1.
Proof. intros H. rewrite T_at_1. now apply T_largest. Qed.

(** Gradient descent: all responses are powers of 1 - h lam, times 1 or h. *)
Lemma gradient_descent_k h d n : 0 < h -> h * (L + ell) <= 2 -> 0 <= d ->
  largest_at_ell ell L (fun lam => d * (1 - h * lam) ^ n).
Proof.
  intros Hh Hs Hd. assert (0 <= 1 - h * ell) by nra. split; [apply Rmult_le_pos; [assumption | now apply pow_le]|].
  intros lam Hlam. rewrite Rabs_mult, <- RPow_abs, (Rabs_right d) by lra. apply Rmult_le_compat_l; [assumption|].
  apply pow_incr. split; [apply Rabs_pos|]. apply Rabs_le. nra.
Qed.

(** Tuned heavy ball, m = xi^2, 1 + m - h lam = 2 xi x: the start, and a force d after its step. *)
Section HeavyBall.
Variables (h xi : R) (y : nat -> R -> R).
Hypotheses (Hxi : 0 < xi < 1) (Htuned : forall lam, 1 + xi ^ 2 - h * lam = 2 * xi * x_of lam).
Hypothesis recurrence : forall n lam, y (S (S n)) lam = (1 + xi ^ 2 - h * lam) * y (S n) lam - xi ^ 2 * y n lam.

Lemma heavy_ball_force_k d : 0 <= d -> (forall lam, y 0 lam = d) ->
  (forall lam, y 1 lam = (1 + xi ^ 2 - h * lam) * d) -> forall n, largest_at_ell ell L (y n).
Proof.
  intros Hd Y0 Y1 n. apply by_x with (fun x => d * xi ^ n * U n x).
  - intros lam _. revert n. apply two_step.
    + rewrite Y0. unfold U. simpl. ring.
    + rewrite Y1, Htuned. unfold U. simpl. ring.
    + intros n H0 H1. rewrite recurrence, H0, H1, Htuned, U_rec. simpl. ring.
  - intros x Hx. apply b_mult; [apply b_self; apply Rmult_le_pos; [assumption | apply pow_le; lra] | now apply U_bound].
Qed.

Lemma heavy_ball_start_k : (forall lam, y 0 lam = 1) -> (forall lam, y 1 lam = 1 - h / (1 + xi ^ 2) * lam) ->
  forall n, largest_at_ell ell L (y n).
Proof.
  intros Y0 Y1 n. assert (Hm : 0 < 1 + xi ^ 2) by nra. set (b := (1 - xi ^ 2) / (1 + xi ^ 2)).
  assert (Hb : 0 <= b /\ b <= 1).
  { unfold b. split; [apply Rmult_le_pos; [nra | left; now apply Rinv_0_lt_compat]|].
    apply Rmult_le_reg_r with (1 + xi ^ 2); [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra. }
  apply by_x with (fun x => xi ^ n * (b * U n x + (1 - b) * T n x)).
  - intros lam _. revert n. apply two_step.
    + rewrite Y0, T_0. unfold U. simpl. ring.
    + rewrite Y1, T_1. unfold U. simpl. replace (1 - h / (1 + xi * (xi * 1)) * lam) with
        ((1 + xi ^ 2 - h * lam) / (1 + xi ^ 2)) by (simpl; field; simpl in Hm; lra).
      rewrite Htuned. unfold b. simpl in *. field. lra.
    + intros n H0 H1. rewrite recurrence, H0, H1, Htuned, U_rec, T_rec. simpl. ring.
  - intros x Hx. rewrite profile_at_1. apply b_mult; [apply b_self, pow_le; lra | now apply profile_largest].
Qed.
End HeavyBall.

(** Chebyshev: times T_t(c) the responses obey the recurrence of T and U. *)
Section Chebyshev.
Let c := (L + ell) / (L - ell).
Variables (s : nat) (y : nat -> R -> R).
Hypothesis recurrence : forall n lam, T (s + S (S n)) c * y (S (S n)) lam
  = 2 * x_of lam * (T (s + S n) c * y (S n) lam) - T (s + n) c * y n lam.

Lemma c_above : 1 <= c.
Proof. unfold c. apply Rmult_le_reg_r with (L - ell); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. Qed.

Lemma chebyshev_by (p : nat -> R -> R) (d : R) : 0 <= d ->
  (forall n x, -1 <= x <= 1 -> Rabs (p n x) <= p n 1) ->
  (forall n x, p (S (S n)) x = 2 * x * p (S n) x - p n x) ->
  (forall lam, T (s + 0) c * y 0 lam = d * p 0%nat (x_of lam)) ->
  (forall lam, T (s + 1) c * y 1 lam = d * p 1%nat (x_of lam)) -> forall n, largest_at_ell ell L (y n).
Proof.
  intros Hd Hp Rp Y0 Y1 n. destruct (T_grows (s + n) c c_above) as [HT _].
  assert (E : forall lam, T (s + n) c * y n lam = d * p n (x_of lam)).
  { intros lam. clear HT. revert n. apply two_step; [apply Y0 | apply Y1 |].
    intros n H0 H1. rewrite recurrence, H0, H1, Rp. ring. }
  apply by_x with (fun x => d / T (s + n) c * p n x).
  - intros lam _. apply Rmult_eq_reg_l with (T (s + n) c); [|lra]. rewrite E. field. lra.
  - intros x Hx. apply b_mult; [|now apply Hp]. apply b_self. apply Rmult_le_pos; [assumption|].
    left. apply Rinv_0_lt_compat. lra.
Qed.

(** the start (s = 0), and a force d at step s: then y_s = 0 *)
Lemma chebyshev_start_k : s = 0%nat -> (forall lam, y 0 lam = 1) -> (forall lam, y 1 lam = 1 - 2 / (L + ell) * lam) ->
  forall n, largest_at_ell ell L (y n).
Proof.
  intros Hs Y0 Y1. apply (chebyshev_by T 1); [lra | apply T_bound | apply T_rec | |]; intros lam; rewrite Hs; cbn [Nat.add].
  - rewrite Y0, !T_0. ring.
  - rewrite Y1, !T_1. unfold c, x_of. field. lra.
Qed.

Lemma chebyshev_force_k d : 0 <= d -> (forall lam, y 0 lam = 0) -> (forall lam, y 1 lam = d) ->
  forall n, largest_at_ell ell L (y n).
Proof.
  intros Hd Y0 Y1. destruct (T_grows (s + 1) c c_above) as [HT _].
  apply (chebyshev_by V (T (s + 1) c * d)).
  - apply Rmult_le_pos; lra.
  - intros n x Hx. rewrite V_at_1. now apply V_largest.
  - apply V_rec.
  - intros lam. rewrite Y0. unfold V. ring.
  - intros lam. rewrite Y1. unfold V, U. simpl. ring.
Qed.
End Chebyshev.

(** Tuned Nesterov: 1 - lam/L = (1 - ell/L) sigma^2, 4 m = (1 + m)^2 (1 - ell/L), with s = 2m/(1 + m):
    outputs are (s sigma)^n q_n(sigma) and d (s sigma)^n U_n(sigma), the next query has sigma^(n-1). *)
Section Nesterov.
Variables (m : R) (y : nat -> R -> R).
Hypotheses (Hm : 0 < m < 1) (Htuned : (1 + m) ^ 2 * (L - ell) = 4 * m * L).
Hypothesis recurrence : forall n lam, y (S (S n)) lam = (1 - lam / L) * ((1 + m) * y (S n) lam - m * y n lam).
Definition query (n : nat) (lam : R) : R := (1 + m) * y (S n) lam - m * y n lam.
Let s := 2 * m / (1 + m).

Definition sigma_of (lam : R) : R := sqrt ((L - lam) / (L - ell)).
Lemma sigma_at_ell : sigma_of ell = 1.
Proof. unfold sigma_of. replace ((L - ell) / (L - ell)) with 1 by (field; lra). apply sqrt_1. Qed.
Lemma sigma_inside lam : ell <= lam <= L -> -1 <= sigma_of lam <= 1 /\ 1 - lam / L = s ^ 2 * sigma_of lam ^ 2 / m.
Proof.
  intros H. set (q := (L - lam) / (L - ell)).
  assert (Q : 0 <= q <= 1).
  { unfold q. split; apply Rmult_le_reg_r with (L - ell); try lra; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
  pose proof (sqrt_sqrt q ltac:(lra)) as E. pose proof (sqrt_pos q). unfold sigma_of. fold q. split; [split; [lra | nra]|].
  replace (sqrt q ^ 2) with q by (simpl; rewrite Rmult_1_r; lra). unfold q, s.
  assert (K : 4 * m / (1 + m) ^ 2 = (L - ell) / L).
  { apply Rmult_eq_reg_r with ((1 + m) ^ 2 * L); [|nra].
    replace (4 * m / (1 + m) ^ 2 * ((1 + m) ^ 2 * L)) with (4 * m * L) by (field; lra). rewrite <- Htuned. field. lra. }
  replace ((2 * m / (1 + m)) ^ 2 * ((L - lam) / (L - ell)) / m) with (4 * m / (1 + m) ^ 2 * ((L - lam) / (L - ell)))
    by (field; lra). rewrite K. field. lra.
Qed.

Lemma by_sigma (r p : R -> R) : (forall lam, ell <= lam <= L -> r lam = p (sigma_of lam)) ->
  (forall x, -1 <= x <= 1 -> Rabs (p x) <= p 1) -> largest_at_ell ell L r.
Proof.
  intros E H. assert (E1 : r ell = p 1) by (rewrite E, sigma_at_ell by lra; reflexivity). split.
  - rewrite E1. eapply Rle_trans; [apply Rabs_pos | apply (H 1); lra].
  - intros lam Hlam. rewrite E1, E by assumption. apply H, sigma_inside, Hlam.
Qed.

Lemma s_positive : 0 < s. Proof. unfold s. apply Rdiv_lt_0_compat; lra. Qed.

(** A family p with p_{n+2} = 2 x p_{n+1} - p_n, largest at 1. *)
Lemma nesterov_by (p : nat -> R -> R) d : 0 <= d ->
  (forall n x, -1 <= x <= 1 -> Rabs (p n x) <= p n 1) ->
  (forall n x, p (S (S n)) x = 2 * x * p (S n) x - p n x) ->
  (forall lam, ell <= lam <= L -> y 0 lam = d * p 0%nat (sigma_of lam)) ->
  (forall lam, ell <= lam <= L -> y 1 lam = d * (s * sigma_of lam * p 1%nat (sigma_of lam))) ->
  forall n, largest_at_ell ell L (y n) /\ largest_at_ell ell L (query n).
Proof.
  intros Hd Hp Rp Y0 Y1. pose proof s_positive as Hs.
  assert (E : forall n lam, ell <= lam <= L -> y n lam = d * ((s * sigma_of lam) ^ n * p n (sigma_of lam))).
  { intros n lam H. revert n. apply two_step; [rewrite Y0 by assumption; simpl; ring | rewrite Y1 by assumption; simpl; ring |].
    intros n H0 H1. destruct (sigma_inside lam H) as [_ M]. rewrite recurrence, H0, H1, M, Rp. unfold s in *. simpl. field. lra. }
  intros n. split.
  - apply by_sigma with (fun x => d * (s ^ n * (x ^ n * p n x))).
    + intros lam H. rewrite E, Rpow_mult_distr by assumption. ring.
    + intros x Hx. rewrite pow1, Rmult_1_l. apply b_mult; [now apply b_self|].
      apply b_mult; [apply b_self, pow_le; lra|]. rewrite <- (Rmult_1_l (p n 1)). apply b_mult; [now apply b_power | now apply Hp].
  - apply by_sigma with (fun x => d * m * (s ^ n * (x ^ n * p (S (S n)) x))).
    + intros lam H. unfold query. rewrite !E, !Rpow_mult_distr, Rp by assumption. unfold s. simpl. field. lra.
    + intros x Hx. rewrite pow1, Rmult_1_l. apply b_mult; [apply b_self; apply Rmult_le_pos; lra|].
      apply b_mult; [apply b_self, pow_le; lra|]. rewrite <- (Rmult_1_l (p (S (S n)) 1)). apply b_mult; [now apply b_power | now apply Hp].
Qed.

Lemma nesterov_start_k : (forall lam, y 0 lam = 1) -> (forall lam, y 1 lam = 1 - lam / L) ->
  forall n, largest_at_ell ell L (y n) /\ largest_at_ell ell L (query n).
Proof.
  intros Y0 Y1. set (b := (1 - m) / (1 + m)).
  assert (Hb : 0 <= b /\ b <= 1).
  { unfold b. split; [apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]|].
    apply Rmult_le_reg_r with (1 + m); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  apply (nesterov_by (fun n x => b * U n x + (1 - b) * T n x) 1); [lra | | | |].
  - intros n x Hx. rewrite profile_at_1. now apply profile_largest.
  - intros n x. rewrite U_rec, T_rec. ring.
  - intros lam _. rewrite Y0, T_0. unfold U. simpl. ring.
  - intros lam H. destruct (sigma_inside lam H) as [_ M]. rewrite Y1, M, T_1. unfold U, b, s. simpl. field. lra.
Qed.

Lemma nesterov_force_k d : 0 <= d -> (forall lam, y 0 lam = d) -> (forall lam, y 1 lam = (1 - lam / L) * ((1 + m) * d)) ->
  forall n, largest_at_ell ell L (y n) /\ largest_at_ell ell L (query n).
Proof.
  intros Hd Y0 Y1. apply (nesterov_by U d); [assumption | intros; now apply U_bound | apply U_rec | |].
  - intros lam _. rewrite Y0. unfold U. simpl. ring.
  - intros lam H. destruct (sigma_inside lam H) as [_ M]. rewrite Y1, M. unfold U, s. simpl. field. lra.
Qed.
End Nesterov.
End Responses.

(** Statement: \text{all responses are largest in modulus at } \lambda = \ell \text{, and there } \ge 0 *)
Theorem condition_k (a b : R) (n : nat) : 0 < a < b ->
  let ell := a ^ 2 in let L := b ^ 2 in let k := largest_at_ell ell L in
  let xi := (b - a) / (b + a) in let c := (L + ell) / (L - ell) in
  (* gradient descent: d = 1, the start, and d = h, a force *)
  (forall h d, 0 < h -> h * (L + ell) <= 2 -> 0 <= d -> k (fun lam => d * (1 - h * lam) ^ n)) /\
  (* heavy ball, momentum m = xi^2, first step h/(1 + m): the start, and a force d at one step *)
  (forall y : nat -> R -> R, let h := (2 / (b + a)) ^ 2 in let m := xi ^ 2 in
    (forall j lam, y (S (S j)) lam = (1 + m - h * lam) * y (S j) lam - m * y j lam) ->
    ((forall lam, y 0%nat lam = 1) /\ (forall lam, y 1%nat lam = 1 - h / (1 + m) * lam)) \/
    (exists d, 0 <= d /\ (forall lam, y 0%nat lam = d) /\ forall lam, y 1%nat lam = (1 + m - h * lam) * d) ->
    k (y n)) /\
  (* Chebyshev, from step s on: the start (s = 0), and a force d at step s *)
  (forall (y : nat -> R -> R) s,
    (forall j lam, T (s + S (S j)) c * y (S (S j)) lam
      = 2 * ((L + ell - 2 * lam) / (L - ell)) * (T (s + S j) c * y (S j) lam) - T (s + j) c * y j lam) ->
    (s = 0%nat /\ (forall lam, y 0%nat lam = 1) /\ forall lam, y 1%nat lam = 1 - 2 / (L + ell) * lam) \/
    (exists d, 0 <= d /\ (forall lam, y 0%nat lam = 0) /\ forall lam, y 1%nat lam = d) ->
    k (y n)) /\
  (* Nesterov, step 1/L, momentum xi, outputs y and queries: the start, and a force d at one step *)
  (forall y : nat -> R -> R,
    (forall j lam, y (S (S j)) lam = (1 - lam / L) * ((1 + xi) * y (S j) lam - xi * y j lam)) ->
    ((forall lam, y 0%nat lam = 1) /\ (forall lam, y 1%nat lam = 1 - lam / L)) \/
    (exists d, 0 <= d /\ (forall lam, y 0%nat lam = d) /\ forall lam, y 1%nat lam = (1 - lam / L) * ((1 + xi) * d)) ->
    k (y n) /\ k (fun lam => (1 + xi) * y (S n) lam - xi * y n lam)).
Proof.
  intros Hab. cbv zeta.
  assert (HL : 0 < a ^ 2 < b ^ 2) by (split; nra).
  assert (Hxi : 0 < (b - a) / (b + a) < 1).
  { split; [apply Rdiv_lt_0_compat; lra|]. apply Rmult_lt_reg_r with (b + a); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  split; [|split; [|split]].
  - intros h d. now apply gradient_descent_k.
  - intros y Hy H.
    assert (Ht : forall lam, 1 + ((b - a) / (b + a)) ^ 2 - (2 / (b + a)) ^ 2 * lam = 2 * ((b - a) / (b + a)) * x_of (a ^ 2) (b ^ 2) lam).
    { intros lam. unfold x_of. field. split; [lra | nra]. }
    destruct H as [[Y0 Y1] | [d [Hd [Y0 Y1]]]].
    + now apply (heavy_ball_start_k (a ^ 2) (b ^ 2) HL ((2 / (b + a)) ^ 2) ((b - a) / (b + a)) y).
    + now apply (heavy_ball_force_k (a ^ 2) (b ^ 2) HL ((2 / (b + a)) ^ 2) ((b - a) / (b + a)) y Hxi Ht Hy d).
  - intros y s Hy [[Hs [Y0 Y1]] | [d [Hd [Y0 Y1]]]].
    + now apply (chebyshev_start_k (a ^ 2) (b ^ 2) HL s y).
    + now apply (chebyshev_force_k (a ^ 2) (b ^ 2) HL s y Hy d).
  - intros y Hy H.
    assert (Ht : (1 + (b - a) / (b + a)) ^ 2 * (b ^ 2 - a ^ 2) = 4 * ((b - a) / (b + a)) * b ^ 2) by (field; lra).
    destruct H as [[Y0 Y1] | [d [Hd [Y0 Y1]]]].
    + now apply (nesterov_start_k (a ^ 2) (b ^ 2) HL ((b - a) / (b + a)) y Hxi Ht Hy Y0 Y1).
    + now apply (nesterov_force_k (a ^ 2) (b ^ 2) HL ((b - a) / (b + a)) y Hxi Ht Hy d Hd Y0 Y1).
Qed.
