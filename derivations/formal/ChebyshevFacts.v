(** On [-1, 1] the polynomials T_n, U_n and U_n' are all largest in modulus at x = 1.
    V_n = U_{n-1}, V_0 = 0, saves the case n = 0 everywhere. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus.
Open Scope R_scope.

Definition V (n : nat) (x : R) : R := match n with O => 0 | S n => U n x end.

Lemma T_0 x : T 0 x = 1. Proof. reflexivity. Qed.
Lemma T_1 x : T 1 x = x. Proof. reflexivity. Qed.
Lemma T_rec n x : T (S (S n)) x = 2 * x * T (S n) x - T n x.
Proof. unfold T. simpl. now destruct (chebyshev x x n). Qed.
Lemma U_rec n x : U (S (S n)) x = 2 * x * U (S n) x - U n x.
Proof. unfold U. simpl. now destruct (chebyshev x (2 * x) n). Qed.
Lemma V_rec n x : V (S (S n)) x = 2 * x * V (S n) x - V n x.
Proof. destruct n; [unfold V, U; simpl; ring | apply U_rec]. Qed.
Lemma U_pred n x : (1 <= n)%nat -> U (n - 1) x = V n x.
Proof. intros. destruct n; [lia|]. simpl. now rewrite Nat.sub_0_r. Qed.

(** V_{n+1} = x V_n + T_n and T_{n+1} = x T_n - (1 - x^2) V_n *)
Lemma V_next n x : V (S n) x = x * V n x + T n x.
Proof.
  revert n. apply two_step; [rewrite T_0; unfold V, U; simpl; ring | rewrite T_1; unfold V, U; simpl; ring|].
  intros n H0 H1. rewrite V_rec in H1. rewrite (V_rec (S n)), T_rec, (V_rec n).
  assert (E0 : T n x = V (S n) x - x * V n x) by lra.
  assert (E1 : T (S n) x = x * V (S n) x - V n x) by lra. rewrite E0, E1. ring.
Qed.

Lemma T_next n x : T (S n) x = x * T n x - (1 - x ^ 2) * V n x.
Proof.
  revert n. apply two_step; [rewrite T_0, T_1; unfold V; ring | rewrite T_rec, T_1, T_0; unfold V, U; simpl; ring|].
  intros n H0 H1. rewrite (T_rec (S n)), H1, H0, (V_next (S n)), (V_next n), H0. ring.
Qed.

Lemma pell n x : T n x ^ 2 + (1 - x ^ 2) * V n x ^ 2 = 1.
Proof.
  induction n; [rewrite T_0; unfold V; ring|]. rewrite T_next, V_next.
  set (p := T n x) in *. set (q := V n x) in *. nra.
Qed.

Lemma T_at_1 n : T n 1 = 1.
Proof. induction n; [apply T_0|]. rewrite T_next, IHn. ring. Qed.
Lemma V_at_1 n : V n 1 = INR n.
Proof. induction n; [reflexivity|]. rewrite V_next, IHn, T_at_1, S_INR. ring. Qed.

Lemma T_largest n x : -1 <= x <= 1 -> Rabs (T n x) <= 1.
Proof.
  intros H. pose proof (pell n x). assert (0 <= (1 - x ^ 2) * V n x ^ 2) by (apply Rmult_le_pos; nra).
  apply Rabs_le. nra.
Qed.

Lemma V_largest n x : -1 <= x <= 1 -> Rabs (V n x) <= INR n.
Proof.
  intros H. induction n; [unfold V; rewrite Rabs_R0; simpl; lra|]. rewrite V_next, S_INR.
  apply b_plus; [|now apply T_largest]. rewrite <- (Rmult_1_l (INR n)). apply b_mult; [now apply b_unit | assumption].
Qed.

(** T_n' = n V_n = n U_{n-1} *)
Lemma T_derivative n x : derivable_pt_lim (T n) x (INR n * V n x).
Proof.
  revert n. apply two_step.
  - eapply d_ext; [| |apply (d_const 1)]; [intros; now rewrite T_0 | simpl; ring].
  - eapply d_ext; [| |apply d_id]; [intros; now rewrite T_1 | unfold V, U; simpl; ring].
  - intros n H0 H1. eapply d_ext; [intros y; symmetry; apply T_rec | | apply d_minus; [|exact H0]];
      [| apply (d_mult (fun y => 2 * y)); [|exact H1]].
    2: { eapply d_ext; [| |apply (d_affine 2 0)]; [intros; simpl; ring | reflexivity]. }
    rewrite !S_INR. pose proof (V_next (S n) x). pose proof (V_rec n x). nra.
Qed.

(** V_{n+1}' = x V_n' + (n + 1) V_n *)
Fixpoint dV (n : nat) (x : R) : R :=
  match n with O => 0 | S n => x * dV n x + INR (S n) * V n x end.

Lemma V_derivative n x : derivable_pt_lim (V n) x (dV n x).
Proof.
  induction n; [apply (d_const 0)|].
  eapply d_ext; [intros y; symmetry; apply V_next | | apply d_plus; [apply d_mult|]];
    [| apply d_id | exact IHn | apply T_derivative]. cbn [dV]. rewrite S_INR. ring.
Qed.

Lemma U_derivative n x : derivable_pt_lim (U n) x (dV (S n) x).
Proof. apply (V_derivative (S n)). Qed.

Lemma dV_at_1 n : dV n 1 = (INR n - 1) * INR n * (INR n + 1) / 3.
Proof. induction n; [simpl; field|]. cbn [dV]. rewrite IHn, V_at_1, S_INR. field. Qed.

Lemma dV_largest n x : -1 <= x <= 1 -> Rabs (dV n x) <= (INR n - 1) * INR n * (INR n + 1) / 3.
Proof.
  intros H. induction n; [simpl; rewrite Rabs_R0; lra|]. cbn [dV].
  replace ((INR (S n) - 1) * INR (S n) * (INR (S n) + 1) / 3) with
    (1 * ((INR n - 1) * INR n * (INR n + 1) / 3) + INR (S n) * INR n) by (rewrite S_INR; field).
  apply b_plus; apply b_mult; auto using b_unit, V_largest. apply b_self, pos_INR.
Qed.

(** At c = (xi + 1/xi)/2, and beyond 1. *)
Lemma T_xi n xi : 0 < xi -> T n (xi / 2 + 1 / (2 * xi)) = xi ^ n / 2 + 1 / (2 * xi ^ n).
Proof.
  intros H. revert n. apply two_step; [rewrite T_0; simpl; field | rewrite T_1; simpl; field; lra |].
  intros n H0 H1. rewrite T_rec, H0, H1. simpl. field. split; [apply pow_nonzero|]; lra.
Qed.

Lemma T_neighbours n x : T n x * T (S (S n)) x - T (S n) x ^ 2 = x ^ 2 - 1.
Proof. rewrite T_rec, T_next. pose proof (pell n x). nra. Qed.

Lemma T_log_convex n x : (1 <= n)%nat -> 1 <= x -> T (n - 1) x * T (n + 1) x >= T n x ^ 2.
Proof.
  intros Hn Hx. destruct n as [|n]; [lia|]. replace (S n - 1)%nat with n by lia.
  replace (S n + 1)%nat with (S (S n)) by lia. pose proof (T_neighbours n x). nra.
Qed.

Lemma T_grows n x : 1 <= x -> 1 <= T n x <= T (S n) x.
Proof. intros Hx. induction n; [rewrite T_0, T_1; lra|]. rewrite T_rec. nra. Qed.
