(** A certificate: two checks by computation that put V* between two numbers. *)
Require Import Reals Lra Lia ZArith List Bool.
Require Import Minimax UpperBound DualBound.
Import ListNotations.
Open Scope R_scope.

(** y = Y/E, E = D m; a weight, its reciprocal from above in units of 1/K, the multipliers u and v. *)
Record point := Point { place : Z; weight : Z; inverse : Z; u : Z; v : Z }.

Fixpoint total {X} (h : X -> Z) (l : list X) : Z :=
  match l with [] => 0 | x :: l => (h x + total h l)%Z end.

Section Dual.
Variables (f : form) (D m w : Z) (pieces : list (Z * Z)) (ca cb M : Z).
Variables (points : list point) (nodes : list (Z * Z)) (c K N beta ln ld : Z) (t : nat).

Definition E : Z := (D * m)%Z.
Definition inside (Y : Z) : bool :=
  existsb (fun piece => let '(lo, hi) := piece in (lo * m <=? Y)%Z && (Y <=? hi * m)%Z) pieces.

(** G(P) = F(P) - c P(0) *)
Definition term_of (q : point) : term :=
  match f with
  | initial_cross => (place q, u q, v q * E - u q * place q)%Z
  | residual_drift => (place q, u q, v q * E)%Z
  end.
Definition residual : list term := (0, - c, 0)%Z :: map term_of points.

(** |P(z)| <= V b/beta, from |A| <= V/a and |B| <= V/g *)
Definition node_ok (n : Z * Z) : bool :=
  let '(z, b) := n in inside z && (0 <=? z)%Z && (0 <=? b)%Z &&
  match f with
  | initial_cross => (beta * M * (cb * E + z * ca) <=? b * ca * cb * E)%Z
  | residual_drift => (beta * M <=? b * ca)%Z
  end.
Definition point_ok (q : point) : bool :=
  inside (place q) && (0 <? weight q)%Z && (0 <? inverse q)%Z && (K <=? weight q * inverse q)%Z.

Definition W : Z := total weight points.
Definition Su : Z := total (fun q => u q * u q * inverse q)%Z points.
Definition Sv : Z := total (fun q => v q * v q * inverse q)%Z points.

Definition lower_ok : bool :=
  (0 <? D)%Z && (0 <? m)%Z && (0 <? w)%Z && (0 <? ca)%Z && (0 <? cb)%Z && (0 <? M)%Z && (0 <? K)%Z && (0 <? beta)%Z &&
  (0 <? ld)%Z && (0 <=? ln)%Z && (0 <? N)%Z && Nat.eqb (length nodes) (t + 1) && distinct nodes &&
  forallb node_ok nodes && forallb point_ok points &&
  (W * Su * M * M <=? N * N * K * ca * ca)%Z && (W * Sv * M * M <=? N * N * K * cb * cb)%Z &&
  (let one := (beta * w ^ Z.of_nat t)%Z in let k := cost (t + 1) w residual nodes in
   (0 <=? k)%Z && (ln * (N * one + k) <=? ld * c * one)%Z).

Lemma inside_support Y : (0 < D)%Z -> (0 < m)%Z -> inside Y = true -> support D pieces (IZR Y / IZR E).
Proof.
  intros HD Hm H. unfold inside in H. apply existsb_exists in H as [[lo hi] [Hin H]].
  rewrite andb_true_iff, !Z.leb_le in H. destruct H as [H1 H2]. apply IZR_le in H1, H2. rewrite mult_IZR in *.
  apply IZR_lt in HD, Hm. exists lo, hi. split; [assumption|]. unfold E. rewrite mult_IZR.
  replace (IZR D * (IZR Y / (IZR D * IZR m))) with (IZR Y / IZR m) by (field; lra).
  split; apply Rmult_le_reg_r with (IZR m); try assumption; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra.
Qed.

(** (S + x)^2 <= (W + w)(T + r) from S^2 <= W T and x^2 <= w r *)
Lemma cauchy_step S Wt T x wt r : 0 <= Wt -> 0 <= T -> 0 <= wt -> 0 <= r -> S ^ 2 <= Wt * T -> x ^ 2 <= wt * r ->
  (S + x) ^ 2 <= (Wt + wt) * (T + r).
Proof.
  intros. assert (2 * (S * x) <= Wt * r + wt * T).
  { apply Rsqr_incr_0_var; [|nra]. unfold Rsqr. assert (0 <= (Wt * r - wt * T) ^ 2) by apply pow2_ge_0.
    assert (S ^ 2 * x ^ 2 <= (Wt * T) * (wt * r)) by (apply Rmult_le_compat; try apply pow2_ge_0; assumption). nra. }
  nra.
Qed.

Fixpoint F (l : list point) (p : list R) : R :=
  match l with
  | [] => 0
  | q :: l => F l p + (IZR (u q) * first_part f p (IZR (place q) / IZR E) + IZR (v q) * slope p (IZR (place q) / IZR E))
  end.

Lemma F_functional l p : (0 < E)%Z -> F l p = functional (IZR E) (map term_of l) p.
Proof.
  intros HE. apply IZR_lt in HE. induction l as [|q l IH]; [reflexivity|]. cbn [F map]. rewrite IH.
  unfold term_of, first_part. destruct f; cbn [functional]; rewrite ?minus_IZR, !mult_IZR; field; lra.
Qed.

Theorem lower_sound : lower_ok = true ->
  forall V, attainable f (support D pieces) (IZR ca / IZR M) (IZR cb / IZR M) t V -> IZR ln / IZR ld <= V.
Proof.
  unfold lower_ok. cbv zeta. rewrite !andb_true_iff, !Z.ltb_lt, !Z.leb_le, Nat.eqb_eq, !forallb_forall.
  intros [[[[[[[[[[[[[[[[[HD Hm] Hw] Hca] Hcb] HM] HK] Hbeta] Hld] Hln] HN] Hlen] Hdist] Hnodes] Hpts] Hu] Hv] [Hk0 Hfin]].
  intros V [p [s [Hp [P0 [Hs [HV Hx]]]]]].
  assert (HE : (0 < E)%Z) by (unfold E; lia). pose proof HE as HEr. apply IZR_lt in HEr.
  pose proof (fun Y => inside_support Y HD Hm) as In'.
  pose proof HK as HKr. pose proof Hca as Hcar. pose proof Hcb as Hcbr. pose proof HM as HMr. pose proof Hbeta as Hbr.
  pose proof Hw as Hwr. apply IZR_lt in HKr, Hcar, Hcbr, HMr, Hbr, Hwr, Hld, HN. apply IZR_le in Hln, Hu, Hv, Hk0, Hfin.
  rewrite !mult_IZR in Hu, Hv. set (a := IZR ca / IZR M) in *. set (g := IZR cb / IZR M) in *.
  assert (Ha : 0 < a) by now apply Rdiv_lt_0_compat. assert (Hg : 0 < g) by now apply Rdiv_lt_0_compat.
  (* |A| <= V/a and |B| <= V/g on the support *)
  assert (AB : forall x, support D pieces x -> a * Rabs (first_part f p x) <= V /\ g * Rabs (slope p x) <= V).
  { intros x Sx. specialize (Hx x Sx). set (A := first_part f p x) in *. set (B := slope p x) in *.
    assert (QA : 0 <= (a * A) ^ 2 / s) by (apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra]).
    assert (QB : 0 <= (g * B) ^ 2 / (1 - s)) by (apply Rmult_le_pos; [apply pow2_ge_0 | left; apply Rinv_0_lt_compat; lra]).
    assert (SA : (a * A) ^ 2 <= (a * A) ^ 2 / s).
    { apply Rmult_le_reg_r with s; [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. pose proof (pow2_ge_0 (a * A)). nra. }
    assert (SB : (g * B) ^ 2 <= (g * B) ^ 2 / (1 - s)).
    { apply Rmult_le_reg_r with (1 - s); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. pose proof (pow2_ge_0 (g * B)). nra. }
    split; [rewrite <- (Rabs_right a) by lra | rewrite <- (Rabs_right g) by lra]; rewrite <- Rabs_mult;
      rewrite <- (Rabs_right V) by lra; apply Rsqr_le_abs_0; unfold Rsqr; lra. }
  (* Cauchy and Schwarz *)
  assert (CS : 0 <= IZR W /\ 0 <= IZR Su /\ 0 <= IZR Sv /\
    F points p ^ 2 <= IZR W * (V ^ 2 / IZR K * (s * IZR Su / a ^ 2 + (1 - s) * IZR Sv / g ^ 2))).
  { unfold W, Su, Sv. clear Hu Hv Hfin Hk0 Hnodes. induction points as [|q l IH]; cbn [F total]; [simpl; lra|].
    destruct IH as [I1 [I2 [I3 I4]]]; [intros; apply Hpts; now right|].
    specialize (Hpts q (or_introl eq_refl)). unfold point_ok in Hpts.
    rewrite !andb_true_iff, !Z.leb_le, !Z.ltb_lt in Hpts. destruct Hpts as [[[Hin Hwt] Hinv] HKw].
    apply IZR_lt in Hwt, Hinv. apply IZR_le in HKw. rewrite mult_IZR in HKw.
    specialize (Hx _ (In' _ Hin)). rewrite !plus_IZR, !mult_IZR.
    set (A := first_part f p (IZR (place q) / IZR E)) in *. set (B := slope p (IZR (place q) / IZR E)) in *.
    set (x := IZR (u q)) in *. set (y := IZR (v q)) in *. set (wt := IZR (weight q)) in *. set (i := IZR (inverse q)) in *.
    set (n := s * x ^ 2 / a ^ 2 + (1 - s) * y ^ 2 / g ^ 2).
    assert (Hn : 0 <= n).
    { unfold n. apply Rplus_le_le_0_compat; (apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply pow2_ge_0] |
        left; apply Rinv_0_lt_compat, pow_lt; assumption]). }
    assert (X : (x * A + y * B) ^ 2 <= n * V ^ 2).
    { apply Rle_trans with (n * ((a * A) ^ 2 / s + (g * B) ^ 2 / (1 - s))); [|now apply Rmult_le_compat_l].
      assert (Q : n * ((a * A) ^ 2 / s + (g * B) ^ 2 / (1 - s)) - (x * A + y * B) ^ 2
        = (s * x * g ^ 2 * B - (1 - s) * y * a ^ 2 * A) ^ 2 / (s * (1 - s) * a ^ 2 * g ^ 2)) by (unfold n; field; lra).
      assert (0 <= (s * x * g ^ 2 * B - (1 - s) * y * a ^ 2 * A) ^ 2 / (s * (1 - s) * a ^ 2 * g ^ 2)).
      { apply Rmult_le_pos; [apply pow2_ge_0|]. left. apply Rinv_0_lt_compat.
        apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; lra|]|]; now apply pow_lt. }
      lra. }
    assert (R' : 0 <= V ^ 2 / IZR K * (n * i)).
    { apply Rmult_le_pos; [apply Rmult_le_pos; [apply pow2_ge_0 | left; now apply Rinv_0_lt_compat]|]. apply Rmult_le_pos; lra. }
    assert (T' : 0 <= V ^ 2 / IZR K * (s * IZR (total (fun q => (u q * u q * inverse q)%Z) l) / a ^ 2
      + (1 - s) * IZR (total (fun q => (v q * v q * inverse q)%Z) l) / g ^ 2)).
    { apply Rmult_le_pos; [apply Rmult_le_pos; [apply pow2_ge_0 | left; now apply Rinv_0_lt_compat]|].
      apply Rplus_le_le_0_compat; (apply Rmult_le_pos; [apply Rmult_le_pos; lra | left; apply Rinv_0_lt_compat, pow_lt; assumption]). }
    split; [lra|]. split; [nra|]. split; [nra|].
    eapply Rle_trans; [apply (cauchy_step _ _ _ _ wt (V ^ 2 / IZR K * (n * i)) I1 T' ltac:(lra) R' I4)|].
    - eapply Rle_trans; [exact X|].
      replace (wt * (V ^ 2 / IZR K * (n * i))) with (n * V ^ 2 * ((wt * i) / IZR K)) by (field; lra).
      rewrite <- (Rmult_1_r (n * V ^ 2)) at 1. apply Rmult_le_compat_l; [apply Rmult_le_pos; [assumption | apply pow2_ge_0]|].
      apply Rmult_le_reg_r with (IZR K); [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
    - right. unfold n. fold x y i. field. lra. }
  destruct CS as [HW [HSu [HSv CS]]].
  (* so F(P) <= V N *)
  assert (FN : F points p <= V * IZR N).
  { apply Rsqr_incr_0_var; [|apply Rmult_le_pos; lra]. unfold Rsqr.
    assert (B1 : IZR W * IZR Su / a ^ 2 <= IZR N ^ 2 * IZR K).
    { unfold a. apply Rmult_le_reg_r with (IZR ca ^ 2); [now apply pow_lt|].
      replace (IZR W * IZR Su / (IZR ca / IZR M) ^ 2 * IZR ca ^ 2) with (IZR W * IZR Su * IZR M * IZR M) by (field; lra). lra. }
    assert (B2 : IZR W * IZR Sv / g ^ 2 <= IZR N ^ 2 * IZR K).
    { unfold g. apply Rmult_le_reg_r with (IZR cb ^ 2); [now apply pow_lt|].
      replace (IZR W * IZR Sv / (IZR cb / IZR M) ^ 2 * IZR cb ^ 2) with (IZR W * IZR Sv * IZR M * IZR M) by (field; lra). lra. }
    replace (F points p * F points p) with (F points p ^ 2) by ring. eapply Rle_trans; [exact CS|].
    replace (IZR W * (V ^ 2 / IZR K * (s * IZR Su / a ^ 2 + (1 - s) * IZR Sv / g ^ 2))) with
      (V ^ 2 / IZR K * (s * (IZR W * IZR Su / a ^ 2) + (1 - s) * (IZR W * IZR Sv / g ^ 2))) by (field; lra).
    replace (V * IZR N * (V * IZR N)) with (V ^ 2 / IZR K * (IZR N ^ 2 * IZR K)) by (field; lra).
    apply Rmult_le_compat_l; [apply Rmult_le_pos; [apply pow2_ge_0 | left; now apply Rinv_0_lt_compat]|]. nra. }
  (* and |G(P)| <= V cost *)
  assert (GB : Rabs (functional (IZR E) residual p) * IZR w ^ t <= V / IZR beta * IZR (cost (t + 1) w residual nodes)).
  { replace t with (t + 1 - 1)%nat at 1 by lia. apply functional_bound; try assumption.
    - apply Rmult_le_pos; [assumption | left; now apply Rinv_0_lt_compat].
    - intros z b Hz. specialize (Hnodes _ Hz). unfold node_ok in Hnodes.
      rewrite !andb_true_iff, !Z.leb_le in Hnodes. destruct Hnodes as [[[Hin Hz0] Hb0] Hb].
      destruct (AB _ (In' _ Hin)) as [HA HB]. apply IZR_le in Hz0, Hb0. set (x := IZR z / IZR E) in *.
      assert (Hx0 : 0 <= x) by (apply Rmult_le_pos; [assumption | left; now apply Rinv_0_lt_compat]).
      unfold first_part in HA. destruct f.
      + apply Z.leb_le, IZR_le in Hb. repeat rewrite ?plus_IZR, ?mult_IZR in Hb.
        assert (Ev : Rabs (eval p x) <= Rabs (eval p x - x * slope p x) + x * Rabs (slope p x)).
        { pose proof (Rabs_mult x (slope p x)) as X. rewrite (Rabs_right x) in X by lra.
          pose proof (Rabs_triang (eval p x - x * slope p x) (x * slope p x)) as Y.
          replace (eval p x - x * slope p x + x * slope p x) with (eval p x) in Y by ring. lra. }
        assert (a1 : Rabs (eval p x - x * slope p x) <= V / a).
        { apply Rmult_le_reg_l with a; [assumption|]. replace (a * (V / a)) with V by (field; lra). exact HA. }
        assert (g1 : Rabs (slope p x) <= V / g).
        { apply Rmult_le_reg_l with g; [assumption|]. replace (g * (V / g)) with V by (field; lra). exact HB. }
        assert (x * Rabs (slope p x) <= x * (V / g)) by now apply Rmult_le_compat_l.
        apply Rle_trans with (V / a + x * (V / g)); [lra|]. unfold a, g, x.
        apply Rmult_le_reg_r with (IZR beta * (IZR ca * IZR cb * IZR E)); [repeat apply Rmult_lt_0_compat; assumption|].
        replace ((V / (IZR ca / IZR M) + IZR z / IZR E * (V / (IZR cb / IZR M))) * (IZR beta * (IZR ca * IZR cb * IZR E)))
          with (V * (IZR beta * IZR M * (IZR cb * IZR E + IZR z * IZR ca))) by (field; lra).
        replace (V / IZR beta * IZR b * (IZR beta * (IZR ca * IZR cb * IZR E))) with
          (V * (IZR b * IZR ca * IZR cb * IZR E)) by (field; lra). now apply Rmult_le_compat_l.
      + apply Z.leb_le, IZR_le in Hb. rewrite !mult_IZR in Hb.
        apply Rmult_le_reg_r with (IZR beta * IZR ca); [now apply Rmult_lt_0_compat|].
        replace (V / IZR beta * IZR b * (IZR beta * IZR ca)) with (V * (IZR b * IZR ca)) by (field; lra).
        apply Rle_trans with (IZR beta * IZR M * (a * Rabs (eval p x))); [right; unfold a; field; lra|].
        assert (IZR beta * IZR M * (a * Rabs (eval p x)) <= IZR beta * IZR M * V).
        { apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | exact HA]. } nra. }
  (* c = F(P) - G(P) *)
  assert (EG : functional (IZR E) residual p = F points p - IZR c).
  { unfold residual. cbn [functional]. rewrite F_functional by assumption. rewrite opp_IZR.
    unfold Rdiv. rewrite !Rmult_0_l, P0. ring. }
  rewrite EG in GB. assert (Pt : 0 < IZR w ^ t) by now apply pow_lt.
  assert (GB' : (IZR c - F points p) * IZR w ^ t <= V / IZR beta * IZR (cost (t + 1) w residual nodes)).
  { eapply Rle_trans; [|exact GB]. apply Rmult_le_compat_r; [lra|]. rewrite Rabs_minus_sym. apply Rle_abs. }
  rewrite !mult_IZR, plus_IZR, !mult_IZR, <- pow_IZR in Hfin.
  set (wt := IZR w ^ t) in *. set (k := IZR (cost (t + 1) w residual nodes)) in *.
  assert (L1 : IZR c * (IZR beta * wt) <= V * (IZR N * (IZR beta * wt) + k)).
  { assert (IZR c * wt <= V * IZR N * wt + V / IZR beta * k) by nra.
    apply Rle_trans with ((V * IZR N * wt + V / IZR beta * k) * IZR beta); [|right; field; lra]. nra. }
  assert (Pos : 0 < IZR beta * wt) by now apply Rmult_lt_0_compat.
  assert (L2 : IZR ln * (IZR N * (IZR beta * wt) + k) <= IZR ld * V * (IZR N * (IZR beta * wt) + k)).
  { eapply Rle_trans; [exact Hfin|]. rewrite Rmult_assoc, (Rmult_assoc (IZR ld) V). apply Rmult_le_compat_l; lra. }
  destruct (Rle_or_lt (IZR ln / IZR ld) V) as [|C]; [assumption|exfalso].
  assert (C' : IZR ld * V < IZR ln).
  { apply Rmult_lt_reg_r with (/ IZR ld); [now apply Rinv_0_lt_compat|].
    replace (IZR ld * V * / IZR ld) with V by (field; lra). exact C. }
  assert (NP : 0 < IZR N * (IZR beta * wt)) by now apply Rmult_lt_0_compat.
  assert (Z0 : 0 < IZR N * (IZR beta * wt) + k) by lra.
  apply (Rmult_lt_compat_r _ _ _ Z0) in C'. lra.
Qed.
End Dual.

(** lower <= V* <= upper, in one sentence. *)
Theorem certified f D l w p pieces ca cb cv M sn sd bits depth m w' points nodes c K N beta ln ld t :
  upper_ok f D l w p pieces ca cb cv M sn sd bits depth
  && lower_ok f D m w' pieces ca cb M points nodes c K N beta ln ld t && Nat.leb (length p) (t + 1) = true ->
  exists V, smallest_worst_case f (support D pieces) (IZR ca / IZR M) (IZR cb / IZR M) t V
    /\ IZR ln / IZR ld <= V <= IZR cv / IZR M.
Proof.
  rewrite !andb_true_iff, Nat.leb_le. intros [[Hu Hl] Hp]. apply between.
  - now apply (upper_sound f D l w p pieces ca cb cv M sn sd bits depth).
  - now apply (lower_sound f D m w' pieces ca cb M points nodes c K N beta ln ld t).
Qed.
