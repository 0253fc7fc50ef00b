(** No polynomial of degree t, 1 at c > 1, is smaller on [-1, 1] than T_t/T_t(c).
    A smaller Q would make T_t - T_t(c) Q change its sign t times at the points cos(k pi/t) and
    vanish at c: one zero more than its degree allows. Degrees are counted by derivatives, and the
    mean value theorem carries signs from a function to its derivative: no roots are counted. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts.
Open Scope R_scope.

(** Degree <= n: the (n + 1)-st derivative vanishes. *)
Fixpoint degree_le (n : nat) (f : R -> R) : Prop :=
  match n with
  | O => exists c, forall x, f x = c
  | S n => exists f', (forall x, derivable_pt_lim f x (f' x)) /\ degree_le n f'
  end.

Lemma degree_le_ext n f g : (forall x, f x = g x) -> degree_le n f -> degree_le n g.
Proof.
  destruct n; simpl; intros E.
  - intros [c H]. exists c. intros x. now rewrite <- E.
  - intros [f' [D H]]. exists f'. split; [|assumption]. intros x. eapply d_ext; eauto.
Qed.

Lemma degree_le_up n f : degree_le n f -> degree_le (S n) f.
Proof.
  revert f. induction n; intros f.
  - intros [c H]. exists (fun _ => 0). split; [|now exists 0]. intros x.
    apply (d_ext (fun _ => c) f x 0 0); [intros; now rewrite H | reflexivity | apply d_const].
  - intros [f' [D H]]. exists f'. split; [assumption|]. now apply IHn.
Qed.

Lemma degree_le_plus n f g : degree_le n f -> degree_le n g -> degree_le n (fun x => f x + g x).
Proof.
  revert f g. induction n; intros f g.
  - intros [c Hc] [d Hd]. exists (c + d). intros x. now rewrite Hc, Hd.
  - intros [f' [Df Hf]] [g' [Dg Hg]]. exists (fun x => f' x + g' x). split; [|now apply IHn].
    intros x. now apply d_plus.
Qed.

Lemma degree_le_scale n a f : degree_le n f -> degree_le n (fun x => a * f x).
Proof.
  revert f. induction n; intros f.
  - intros [c Hc]. exists (a * c). intros x. now rewrite Hc.
  - intros [f' [D H]]. exists (fun x => a * f' x). split; [|now apply IHn].
    intros x. now apply (derivable_pt_lim_scal f).
Qed.

Lemma degree_le_times n a b f : degree_le n f -> degree_le (S n) (fun x => (a * x + b) * f x).
Proof.
  revert f. induction n; intros f.
  - intros [c H]. exists (fun _ => a * c). split; [|now exists (a * c)]. intros x.
    apply (d_ext (fun y => a * c * y + b * c) _ x (a * c)); [intros; rewrite H; ring | reflexivity | apply d_affine].
  - intros [f' [D H]]. exists (fun x => a * f x + (a * x + b) * f' x). split.
    + intros x. apply (d_mult (fun y => a * y + b) f); [apply d_affine | apply D].
    + apply degree_le_plus; [|now apply IHn]. apply degree_le_scale. now exists f'.
Qed.

Lemma degree_le_affine n a b f : degree_le n f -> degree_le n (fun x => f (a * x + b)).
Proof.
  revert f. induction n; intros f.
  - intros [c H]. now exists c.
  - intros [f' [D H]]. exists (fun x => a * f' (a * x + b)). split; [|now apply degree_le_scale, IHn].
    intros x. eapply d_ext; [reflexivity | apply Rmult_comm | apply (d_comp (fun y => a * y + b) f); [apply d_affine | apply D]].
Qed.

Lemma degree_le_peval n : forall a, degree_le n (peval a n).
Proof.
  induction n; intros a; [exists (a 0%nat); intros x; unfold peval; simpl; ring|].
  apply degree_le_ext with (fun x => a 0%nat + (1 * x + 0) * peval (fun k => a (S k)) n x).
  - intros x. unfold peval. rewrite (decomp_sum (fun k => a k * x ^ k) (S n)) by lia. simpl pred.
    rewrite Rmult_1_l, Rplus_0_r, scal_sum. simpl pow. f_equal; [ring|]. apply sum_eq. intros. ring.
  - apply degree_le_plus; [|apply degree_le_times, IHn].
    clear. induction (S n) as [|k IH]; [now exists (a 0%nat) | now apply degree_le_up].
Qed.

Lemma degree_le_T n : degree_le n (T n).
Proof.
  revert n. apply two_step.
  - exists 1. intros x. apply T_0.
  - apply degree_le_ext with (fun x => (1 * x + 0) * 1); [intros; rewrite T_1; ring|].
    apply (degree_le_times 0). now exists 1.
  - intros n H0 H1. apply degree_le_ext with (fun x => (2 * x + 0) * T (S n) x + -1 * T n x).
    + intros. rewrite T_rec. ring.
    + apply degree_le_plus; [now apply degree_le_times | now do 2 apply degree_le_up; apply degree_le_scale].
Qed.

(** f has the sign s at x and alternates at n further points to the left. *)
Inductive alternates (f : R -> R) : nat -> R -> R -> Prop :=
| last_point x s : 0 < s * f x -> alternates f 0 x s
| one_more n x y s : 0 < s * f x -> y < x -> alternates f n y (- s) -> alternates f (S n) x s.

Lemma sign_at f n x s : alternates f n x s -> 0 < s * f x.
Proof. now destruct 1. Qed.

Lemma mean_value f f' x y : (forall z, derivable_pt_lim f z (f' z)) -> x < y ->
  exists z, x < z < y /\ f y - f x = f' z * (y - x).
Proof.
  intros D H. destruct (MVT_cor2 f f' x y H (fun c _ => D c)) as [z [E Hz]]. now exists z.
Qed.

Lemma derivative_alternates f f' : (forall z, derivable_pt_lim f z (f' z)) ->
  forall n x s, alternates f (S n) x s -> exists z, z < x /\ alternates f' n z s.
Proof.
  intros D. induction n; intros x s H; inversion H as [|m x' y s' H1 Hyx H2]; subst;
    pose proof (sign_at _ _ _ _ H2); destruct (mean_value f f' y x D Hyx) as [z [Hz E]].
  - exists z. split; [lra|]. constructor. nra.
  - destruct (IHn _ _ H2) as [w [Hw A]]. exists z. split; [lra|].
    apply one_more with w; [nra | lra | assumption].
Qed.

Lemma no_alternation n : forall f x s, degree_le n f -> ~ alternates f (S n) x s.
Proof.
  induction n; intros f x s.
  - intros [c Hc] H. inversion H as [|m x' y s' H1 Hyx H2]; subst. apply sign_at in H2.
    rewrite Hc in *. lra.
  - intros [f' [D Hf]] H. destruct (derivative_alternates f f' D _ _ _ H) as [z [_ A]].
    now apply (IHn _ _ _ Hf) in A.
Qed.

(** A zero to the right of the points counts as one more alternation of the derivative. *)
Lemma no_alternation_and_zero n f c x s :
  degree_le (S n) f -> f c = 0 -> x < c -> ~ alternates f (S n) x s.
Proof.
  intros [f' [D Hf]] H0 Hx H. destruct (derivative_alternates f f' D _ _ _ H) as [z [Hz A]].
  apply sign_at in H. destruct (mean_value f f' x c D Hx) as [w [Hw E]].
  apply (no_alternation n f' w (- s) Hf).
  apply one_more with z; [nra | lra | now rewrite Ropp_involutive].
Qed.

(** T_t(cos(k pi/t)) = (-1)^k *)
Lemma T_cos n x : T n (cos x) = cos (INR n * x).
Proof.
  revert n. apply two_step.
  - rewrite T_0. simpl. now rewrite Rmult_0_l, cos_0.
  - rewrite T_1. simpl. now rewrite Rmult_1_l.
  - intros n H0 H1. rewrite T_rec, H0, H1, !S_INR.
    replace ((INR n + 1 + 1) * x) with ((INR n + 1) * x + x) by ring.
    replace (INR n * x) with ((INR n + 1) * x - x) by ring. rewrite cos_plus, cos_minus. ring.
Qed.

Lemma cos_INR_PI n : cos (INR n * PI) = (-1) ^ n.
Proof.
  induction n; [simpl; now rewrite Rmult_0_l, cos_0|].
  rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, neg_cos, IHn. simpl. ring.
Qed.

Section Points.
Variable t : nat.
Hypothesis Ht : (1 <= t)%nat.
Definition node (k : nat) : R := cos (INR k * (PI / INR t)).

Lemma INR_t : 0 < INR t. Proof. apply lt_0_INR. lia. Qed.

Lemma T_node k : T t (node k) = (-1) ^ k.
Proof.
  unfold node. rewrite T_cos, <- cos_INR_PI. f_equal. field. pose proof INR_t. lra.
Qed.

Lemma node_falls k : (S k <= t)%nat -> node (S k) < node k.
Proof.
  intros H. unfold node. pose proof INR_t. pose proof PI_RGT_0. apply le_INR in H.
  rewrite S_INR in *. pose proof (pos_INR k). assert (0 < PI / INR t) by (apply Rdiv_lt_0_compat; lra).
  assert (INR t * (PI / INR t) = PI) by (field; lra). apply cos_decreasing_1; nra.
Qed.

Lemma alternation f : (forall k, (k <= t)%nat -> 0 < (-1) ^ k * f (node k)) ->
  forall j, (j <= t)%nat -> alternates f j (node (t - j)) ((-1) ^ (t - j)).
Proof.
  intros H. induction j; intros Hj; [apply last_point, H; lia|].
  assert (E : (t - j)%nat = S (t - S j)) by lia.
  apply one_more with (node (t - j)); [apply H; lia | rewrite E; apply node_falls; lia|].
  replace (- (-1) ^ (t - S j)) with ((-1) ^ (t - j)) by (rewrite E; simpl; ring). apply IHj. lia.
Qed.
End Points.

Theorem chebyshev_is_least t c f M : 1 <= c -> degree_le t f -> f c = 1 ->
  (forall x, -1 <= x <= 1 -> Rabs (f x) <= M) -> / T t c <= M.
Proof.
  intros Hc Df H1 HM. destruct (T_grows t c Hc) as [HT _].
  assert (M1 : c = 1 \/ t = 0%nat -> 1 <= M).
  { intros H. replace 1 with (Rabs (f 1)); [apply HM; lra|].
    replace (f 1) with 1; [apply Rabs_R1|]. destruct H as [-> | ->]; [now rewrite H1|].
    destruct Df as [d Hd]. now rewrite Hd, <- (Hd c). }
  assert (I : / T t c <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
  destruct (Req_dec c 1) as [E|N]; [specialize (M1 (or_introl E)); lra|].
  destruct t as [|t]; [specialize (M1 (or_intror eq_refl)); lra|]. clear M1 I.
  destruct (Rle_or_lt (/ T (S t) c) M) as [|C]; [assumption|exfalso].
  set (d := T (S t) c) in *.
  assert (B : d * M < 1) by (apply Rmult_lt_reg_l with (/ d); [apply Rinv_0_lt_compat; lra|];
    rewrite <- Rmult_assoc, Rinv_l; lra).
  pose (f' := fun x => T (S t) x + - d * f x).
  assert (A : alternates f' (S t) (node (S t) (S t - S t)) ((-1) ^ (S t - S t))).
  { apply alternation; try lia. intros k Hk. unfold f'. rewrite T_node by lia.
    assert (Hn : Rabs (f (node (S t) k)) <= M) by (apply HM, COS_bound).
    assert (F : Rabs (d * f (node (S t) k)) < 1).
    { rewrite Rabs_mult, (Rabs_right d) by lra. nra. }
    apply Rabs_def2 in F. assert (S : (-1) ^ k = 1 \/ (-1) ^ k = -1).
    { clear. induction k; simpl; [auto|]. destruct IHk as [-> | ->]; [right|left]; ring. }
    destruct S as [-> | ->]; lra. }
  revert A. apply (no_alternation_and_zero t f' c).
  - apply degree_le_plus; [apply degree_le_T | now apply degree_le_scale].
  - unfold f'. rewrite H1. fold d. ring.
  - rewrite Nat.sub_diag. unfold node. simpl INR. rewrite Rmult_0_l, cos_0. lra.
Qed.
