(** The majorant off quadratics, for gradient descent, from the vector recursion.  In the eigenbasis of
    H = Hess f(x* ): the gradient at x* + e is H e plus what |Hess f - H| <= M |x - x*| leaves, at most
    M |e|^2/2; the tangents see H + (Hess f - H) and G, |G| <= c |e|.  For h <= 2/(L + ell) the sizes stay below
    gradient descent on one scalar, u+ = u - h (ell u - M u^2/2), v+ = v - h ((ell - M u) v - c u). *)
Require Import Reals Lra Lia.
Open Scope R_scope.

Section Vectors.
Variable n : nat.
Definition vector := nat -> R.
Fixpoint sum (k : nat) (x : vector) : R := match k with O => 0 | S k => sum k x + x k end.
Definition dot (x y : vector) : R := sum n (fun i => x i * y i).
Definition norm (x : vector) : R := sqrt (dot x x).

Lemma sum_ext k x y : (forall i, x i = y i) -> sum k x = sum k y.
Proof. intros H. induction k; simpl; [reflexivity|]. now rewrite IHk, H. Qed.
Lemma sum_linear k a b x y : sum k (fun i => a * x i + b * y i) = a * sum k x + b * sum k y.
Proof. induction k; simpl; [ring|]. rewrite IHk. ring. Qed.
Lemma sum_le k x y : (forall i, x i <= y i) -> sum k x <= sum k y.
Proof. intros H. induction k; simpl; [lra|]. pose proof (H k). lra. Qed.

Lemma dot_sym x y : dot x y = dot y x.
Proof. apply sum_ext. intros. ring. Qed.
Lemma dot_linear a b x y z : dot (fun i => a * x i + b * y i) z = a * dot x z + b * dot y z.
Proof. unfold dot. rewrite <- sum_linear. apply sum_ext. intros. ring. Qed.
Lemma dot_pos x : 0 <= dot x x.
Proof. unfold dot. induction n; simpl; [lra|]. nra. Qed.
Lemma norm_pos x : 0 <= norm x. Proof. apply sqrt_pos. Qed.
Lemma norm_square x : norm x ^ 2 = dot x x.
Proof. unfold norm. simpl. rewrite Rmult_1_r. apply sqrt_sqrt, dot_pos. Qed.

Lemma dot_square a b x y : dot (fun i => a * x i + b * y i) (fun i => a * x i + b * y i)
  = a ^ 2 * norm x ^ 2 + 2 * a * b * dot x y + b ^ 2 * norm y ^ 2.
Proof. rewrite dot_linear, (dot_sym x), (dot_sym y), !dot_linear, (dot_sym y x), !norm_square. ring. Qed.

(** Cauchy and Schwarz *)
Lemma dot_le x y : dot x y <= norm x * norm y.
Proof.
  pose proof (norm_pos x). pose proof (norm_pos y).
  pose proof (fun a b => eq_ind _ (fun z => 0 <= z) (dot_pos _) _ (dot_square a b x y)) as H1.
  set (p := norm x) in *. set (q := norm y) in *. set (d := dot x y) in *.
  destruct (Rle_or_lt d 0); [nra|]. destruct (Req_dec (p * q) 0) as [Z|Z].
  - exfalso. apply Rmult_integral in Z as [Z|Z].
    + specialize (H1 ((1 + q ^ 2) / d) (-1)). rewrite Z in H1.
      replace (((1 + q ^ 2) / d) ^ 2 * 0 ^ 2 + 2 * ((1 + q ^ 2) / d) * -1 * d + (-1) ^ 2 * q ^ 2) with (- 2 - q ^ 2)
        in H1 by (field; lra). nra.
    + specialize (H1 (-1) ((1 + p ^ 2) / d)). rewrite Z in H1.
      replace ((-1) ^ 2 * p ^ 2 + 2 * -1 * ((1 + p ^ 2) / d) * d + ((1 + p ^ 2) / d) ^ 2 * 0 ^ 2) with (- 2 - p ^ 2)
        in H1 by (field; lra). nra.
  - specialize (H1 q (- p)). assert (0 < p * q) by nra. apply Rmult_le_reg_l with (p * q); [assumption|]. nra.
Qed.

Lemma norm_le_of_square x b : 0 <= b -> dot x x <= b ^ 2 -> norm x <= b.
Proof.
  intros Hb H. apply Rsqr_incr_0_var; [|assumption]. unfold Rsqr.
  replace (norm x * norm x) with (norm x ^ 2) by ring. rewrite norm_square. lra.
Qed.

Lemma norm_triangle a b x y : norm (fun i => a * x i + b * y i) <= Rabs a * norm x + Rabs b * norm y.
Proof.
  pose proof (norm_pos x). pose proof (norm_pos y). pose proof (Rabs_pos a). pose proof (Rabs_pos b).
  apply norm_le_of_square; [nra|]. rewrite dot_square.
  assert (a * b * dot x y <= Rabs a * Rabs b * (norm x * norm y)).
  { destruct (Rle_or_lt 0 (a * b)) as [P|P].
    - rewrite <- (Rabs_mult a b), (Rabs_right (a * b)) by lra. apply Rmult_le_compat_l; [assumption | apply dot_le].
    - rewrite <- (Rabs_mult a b), (Rabs_left (a * b)) by assumption.
      pose proof (dot_le (fun i => -1 * x i + 0 * y i) y) as Q. rewrite dot_linear in Q.
      assert (norm (fun i => -1 * x i + 0 * y i) = norm x).
      { unfold norm. f_equal. apply sum_ext. intros. ring. }
      rewrite H3 in Q. nra. }
  assert (a ^ 2 = Rabs a ^ 2) by (rewrite <- !Rsqr_pow2; apply Rsqr_abs).
  assert (b ^ 2 = Rabs b ^ 2) by (rewrite <- !Rsqr_pow2; apply Rsqr_abs). nra.
Qed.

(** A vector with <w, r> <= b |w| for all w has norm <= b. *)
Lemma norm_by_duality r b : 0 <= b -> (forall w, dot w r <= b * norm w) -> norm r <= b.
Proof.
  intros Hb H. specialize (H r). rewrite <- norm_square in H. pose proof (norm_pos r).
  destruct (Req_dec (norm r) 0); [lra|]. apply Rmult_le_reg_r with (norm r); [lra|]. lra.
Qed.

(** f near x*: the gradient grad(e) at x* + e, the Hessian hess(e) applied to a vector, H diagonal. *)
Variables (lam : vector) (ell L h M c : R) (grad : vector -> vector) (hess : vector -> vector -> vector).
Variable drift : vector -> vector.
Hypotheses (Hell : 0 <= ell) (Hspectrum : forall i, ell <= lam i <= L) (HL : 0 < L + ell).
Hypotheses (Hh : 0 < h) (Hstep : h * (L + ell) <= 2) (HM : 0 <= M) (Hc : 0 <= c).
Definition times (x : vector) : vector := fun i => lam i * x i.

Hypothesis grad_zero : forall i, grad (fun _ => 0) i = 0.
Hypothesis grad_ext : forall x y, (forall i, x i = y i) -> forall i, grad x i = grad y i.
(** the Hessian is the derivative of the gradient along every segment from x* *)
Hypothesis hess_derivative : forall w e s, 0 <= s <= 1 ->
  derivable_pt_lim (fun s => dot w (grad (fun i => s * e i))) s (dot w (hess (fun i => s * e i) e)).
Hypothesis hess_close : forall e x, norm (fun i => hess e x i - lam i * x i) <= M * norm e * norm x.
Hypothesis drift_small : forall e, norm (drift e) <= c * norm e.

(** |1 - h lam| <= 1 - h ell on [ell, L] *)
Lemma contracts x : norm (fun i => x i - h * (lam i * x i)) <= (1 - h * ell) * norm x.
Proof.
  assert (ell <= L) by (destruct (Hspectrum 0); lra). assert (Q : 0 <= 1 - h * ell) by nra.
  pose proof (norm_pos x). apply norm_le_of_square; [now apply Rmult_le_pos|].
  rewrite Rpow_mult_distr, norm_square. unfold dot.
  apply Rle_trans with (sum n (fun i => (1 - h * ell) ^ 2 * (x i * x i) + 0 * 0)).
  - apply sum_le. intros i. destruct (Hspectrum i) as [H1 H2].
    replace ((x i - h * (lam i * x i)) * (x i - h * (lam i * x i))) with ((1 - h * lam i) ^ 2 * (x i * x i)) by ring.
    assert ((1 - h * lam i) ^ 2 <= (1 - h * ell) ^ 2).
    { assert (0 <= h * (lam i - ell)) by (apply Rmult_le_pos; lra). assert (0 <= 2 - h * (lam i + ell)) by nra.
      replace ((1 - h * lam i) ^ 2) with ((1 - h * ell) ^ 2 - h * (lam i - ell) * (2 - h * (lam i + ell))) by ring. nra. }
    assert (0 <= x i * x i) by nra. nra.
  - rewrite (sum_linear n ((1 - h * ell) ^ 2) 0 (fun i => x i * x i) (fun _ => 0)). lra.
Qed.

Lemma norm_ext x y : (forall i, x i = y i) -> norm x = norm y.
Proof. intros H. unfold norm. f_equal. apply sum_ext. intros. now rewrite H. Qed.

Lemma norm_scale a x : 0 <= a -> norm (fun i => a * x i) = a * norm x.
Proof.
  intros Ha. unfold norm. replace (dot (fun i => a * x i) (fun i => a * x i)) with (a ^ 2 * dot x x).
  - rewrite sqrt_mult by (apply pow2_ge_0 || apply dot_pos). rewrite sqrt_pow2; [reflexivity | assumption].
  - unfold dot. rewrite <- (Rplus_0_r (a ^ 2 * _)), <- (Rmult_0_l (sum n (fun _ => 0))), <- sum_linear. apply sum_ext. intros. ring.
Qed.

(** the mean value: |grad(e) - H e| <= M |e|^2/2 *)
Lemma remainder e : norm (fun i => grad e i - lam i * e i) <= M / 2 * norm e ^ 2.
Proof.
  pose proof (norm_pos e) as Pe. apply norm_by_duality; [assert (0 <= norm e ^ 2) by apply pow2_ge_0; nra|]. intros w.
  pose proof (norm_pos w) as Pw. set (K := M * norm e ^ 2 * norm w).
  set (f := fun s => K / 2 * s ^ 2 - (dot w (grad (fun i => s * e i)) - s * dot w (times e))).
  set (f' := fun s => K * s - (dot w (hess (fun i => s * e i) e) - dot w (times e))).
  assert (D : forall s, 0 <= s <= 1 -> derivable_pt_lim f s (f' s)).
  { intros s Hs. unfold f, f'. apply derivable_pt_lim_minus.
    - replace (K * s) with (K / 2 * (INR 2 * s ^ 1)) by (simpl; field). apply (derivable_pt_lim_scal (fun s => s ^ 2)), derivable_pt_lim_pow.
    - apply (derivable_pt_lim_minus (fun s => dot w (grad (fun i => s * e i)))); [now apply hess_derivative|].
      replace (dot w (times e)) with (1 * dot w (times e) + s * 0) at 1 by ring.
      apply (derivable_pt_lim_mult (fun s => s) (fun _ => dot w (times e))); [apply derivable_pt_lim_id | apply derivable_pt_lim_const]. }
  destruct (MVT_cor2 f f' 0 1 ltac:(lra) D) as [s [E Hs]].
  assert (N : 0 <= f' s).
  { unfold f'. replace (dot w (hess (fun i => s * e i) e) - dot w (times e)) with
      (dot w (fun i => hess (fun i => s * e i) e i - lam i * e i)).
    - eapply Rle_trans with (K * s - norm w * (M * norm (fun i => s * e i) * norm e)).
      + rewrite norm_scale by lra. right. unfold K. ring.
      + pose proof (dot_le w (fun i => hess (fun i => s * e i) e i - lam i * e i)) as Q1.
        pose proof (hess_close (fun i => s * e i) e) as Q2.
        assert (norm w * norm (fun i => hess (fun i => s * e i) e i - lam i * e i)
          <= norm w * (M * norm (fun i => s * e i) * norm e)) by now apply Rmult_le_compat_l. lra.
    - unfold dot, times. set (p := fun i => w i * hess (fun j => s * e j) e i). set (q := fun i => w i * (lam i * e i)).
      replace (sum n p - sum n q) with (1 * sum n p + -1 * sum n q) by ring. rewrite <- sum_linear. apply sum_ext. intros. unfold p, q. ring. }
  assert (F0 : f 0 = 0).
  { unfold f. replace (dot w (grad (fun i => 0 * e i))) with 0; [simpl; ring|]. unfold dot.
    replace (sum n (fun i => w i * grad (fun j => 0 * e j) i)) with (sum n (fun _ => 0 * 0 + 0 * 0)).
    - rewrite sum_linear. ring.
    - apply sum_ext. intros i. rewrite (grad_ext (fun j => 0 * e j) (fun _ => 0)), grad_zero by (intros; ring). ring. }
  assert (F1 : 0 <= f 1) by lra. unfold f in F1.
  assert (EG : dot w (grad (fun i => 1 * e i)) = dot w (grad e)).
  { apply sum_ext. intros i. now rewrite (grad_ext (fun j => 1 * e j) e) by (intros; ring). }
  rewrite EG in F1. replace (dot w (fun i => grad e i - lam i * e i)) with (dot w (grad e) - dot w (times e)); [unfold K in F1; simpl in *; lra|].
  unfold dot, times. set (p := fun i => w i * grad e i). set (q := fun i => w i * (lam i * e i)).
  replace (sum n p - sum n q) with (1 * sum n p + -1 * sum n q) by ring. rewrite <- sum_linear. apply sum_ext. intros. unfold p, q. ring.
Qed.

(** Gradient descent and its tangents, e_t = x_t - x*, E_t = J_t - J*. *)
Variables (e E : nat -> vector).
Hypothesis iterates : forall t i, e (S t) i = e t i - h * grad (e t) i.
Hypothesis tangents : forall t i, E (S t) i = E t i - h * (hess (e t) (E t) i + drift (e t) i).
Variables (u v : nat -> R).
Hypotheses (u0 : u 0%nat = norm (e 0%nat)) (v0 : v 0%nat = norm (E 0%nat)).
Hypothesis u_run : forall t, u (S t) = u t - h * (ell * u t - M * u t ^ 2 / 2).
Hypothesis v_run : forall t, v (S t) = v t - h * ((ell - M * u t) * v t - c * u t).

Theorem gradient_descent_majorant t : norm (e t) <= u t /\ norm (E t) <= v t.
Proof.
  assert (ell <= L) by (destruct (Hspectrum 0); lra). assert (Q : 0 <= 1 - h * ell) by nra.
  induction t as [|t [Iu Iv]]; [rewrite u0, v0; lra|]. rewrite u_run, v_run.
  pose proof (norm_pos (e t)) as Pe. pose proof (norm_pos (E t)) as PE. split.
  - rewrite (norm_ext (e (S t)) (fun i => 1 * (e t i - h * (lam i * e t i)) + - h * (grad (e t) i - lam i * e t i)))
      by (intros; rewrite iterates; ring).
    eapply Rle_trans; [apply (norm_triangle 1 (- h))|]. rewrite Rabs_R1, Rabs_Ropp, (Rabs_right h) by lra.
    pose proof (contracts (e t)) as C. pose proof (remainder (e t)) as Rm.
    assert ((1 - h * ell) * norm (e t) <= (1 - h * ell) * u t) by now apply Rmult_le_compat_l.
    assert (norm (e t) ^ 2 <= u t ^ 2) by (apply pow_incr; lra).
    assert (M / 2 * norm (e t) ^ 2 <= M / 2 * u t ^ 2) by (apply Rmult_le_compat_l; lra).
    assert (h * norm (fun i => grad (e t) i - lam i * e t i) <= h * (M / 2 * u t ^ 2)) by (apply Rmult_le_compat_l; lra). lra.
  - rewrite (norm_ext (E (S t)) (fun i => 1 * (E t i - h * (lam i * E t i))
      + - h * (1 * (hess (e t) (E t) i - lam i * E t i) + 1 * drift (e t) i))) by (intros; rewrite tangents; ring).
    eapply Rle_trans; [apply (norm_triangle 1 (- h))|]. rewrite Rabs_R1, Rabs_Ropp, (Rabs_right h) by lra.
    pose proof (norm_triangle 1 1 (fun i => hess (e t) (E t) i - lam i * E t i) (drift (e t))) as N. rewrite Rabs_R1 in N.
    pose proof (contracts (E t)) as C. pose proof (hess_close (e t) (E t)) as Hm. pose proof (drift_small (e t)) as Hd.
    assert ((1 - h * ell) * norm (E t) <= (1 - h * ell) * v t) by now apply Rmult_le_compat_l.
    assert (M * norm (e t) * norm (E t) <= M * u t * v t).
    { rewrite !Rmult_assoc. apply Rmult_le_compat_l; [assumption|]. apply Rmult_le_compat; lra. }
    assert (c * norm (e t) <= c * u t) by now apply Rmult_le_compat_l.
    set (r := norm (fun i => 1 * (hess (e t) (E t) i - lam i * E t i) + 1 * drift (e t) i)) in *.
    assert (h * r <= h * (M * u t * v t + c * u t)) by (apply Rmult_le_compat_l; lra). lra.
Qed.
End Vectors.
