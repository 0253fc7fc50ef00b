(** A check that a polynomial has a worst case <= V: one integer polynomial is nonnegative on every
    piece of the support.  P(x) = p(z)/p(z0), z = (D x - l)/w, l/D and (l + w)/D the ends of the hull,
    z0 = z(0), so P(0) = 1. *)
Require Import Reals Lra Lia ZArith List Bool.
Require Import Minimax IntegerPolynomials.
Import ListNotations.
Open Scope R_scope.

(** p(alpha + beta x) as a list of reals. *)
Fixpoint plus (p q : list R) : list R :=
  match p, q with [], _ => q | _, [] => p | c :: p, d :: q => c + d :: plus p q end.
Definition times (c : R) (p : list R) := map (Rmult c) p.
Fixpoint affine (alpha beta : R) (p : list Z) : list R :=
  match p with
  | [] => []
  | c :: p => let q := affine alpha beta p in plus [IZR c] (plus (times alpha q) (0 :: times beta q))
  end.

Lemma eval_plus p q x : eval (plus p q) x = eval p x + eval q x.
Proof. revert q. induction p; intros [|d q]; simpl; try lra. rewrite IHp. ring. Qed.
Lemma eval_times c p x : eval (times c p) x = c * eval p x.
Proof. induction p; simpl; [ring|]. rewrite IHp. ring. Qed.
Lemma slope_plus p q x : slope (plus p q) x = slope p x + slope q x.
Proof. revert q. induction p; intros [|d q]; simpl; try lra. rewrite IHp, eval_plus. ring. Qed.
Lemma slope_times c p x : slope (times c p) x = c * slope p x.
Proof. induction p; simpl; [ring|]. rewrite IHp, eval_times. ring. Qed.
Lemma length_plus p q : length (plus p q) = Nat.max (length p) (length q).
Proof. revert q. induction p; intros [|d q]; simpl; auto. Qed.

Lemma length_affine alpha beta p : (length (affine alpha beta p) <= length p)%nat.
Proof.
  induction p; [apply le_n|]. cbn [affine length]. cbv zeta.
  rewrite !length_plus. cbn [length]. unfold times. rewrite !map_length. lia.
Qed.

Lemma eval_affine alpha beta p x : eval (affine alpha beta p) x = ev p (alpha + beta * x).
Proof.
  induction p; [reflexivity|]. cbn [affine ev]. cbv zeta.
  rewrite !eval_plus. cbn [eval]. rewrite !eval_times, IHp. ring.
Qed.

Lemma ev_der p x : ev (der p) x = match p with [] => 0 | _ :: q => ev q x + x * ev (der q) x end.
Proof. destruct p; [reflexivity|]. cbn [der]. rewrite ev_add. cbn [ev]. ring. Qed.

Lemma slope_affine alpha beta p x :
  slope (affine alpha beta p) x = beta * ev (der p) (alpha + beta * x).
Proof.
  induction p as [|c p IH]; [simpl; ring|]. rewrite ev_der. cbn [affine]. cbv zeta.
  rewrite !slope_plus. cbn [slope eval]. rewrite !slope_times, !eval_times, IH, eval_affine. ring.
Qed.

Section Upper.
Variables (f : form) (D l w : Z) (p : list Z) (pieces : list (Z * Z)).
(** sizes ca/M and cb/M, V = cv/M, s = sn/sd *)
Variables (ca cb cv M sn sd bits : Z) (depth : nat).

Definition value_at_0 : list Z := recenter (- l) 0 w p.      (* w^n p(z0), constant *)
Definition p0 : Z := hd 0%Z value_at_0.
Definition top : Z := (w ^ Z.of_nat (length p))%Z.
Definition a_poly : list Z :=                                (* w p(z0) A *)
  match f with
  | initial_cross => add (scale w p) (scale (-1) (mul [l; w] (der p)))
  | residual_drift => scale w p
  end.

(** (V^2 - a^2 A^2/s - g^2 B^2/(1 - s)) times a positive number *)
Definition profile : list Z :=
  add [(cv * cv * p0 * p0 * w * w * sn * (sd - sn))%Z]
   (scale (- (top * top))
     (add (scale (ca * ca * sd * (sd - sn)) (mul a_poly a_poly))
          (scale (cb * cb * D * D * sd * sn) (mul (der p) (der p))))).

Definition upper_ok : bool :=
  (0 <? D)%Z && (0 <? w)%Z && negb (p0 =? 0)%Z && (0 <? sn)%Z && (sn <? sd)%Z && (0 <? M)%Z && (0 <=? cv)%Z &&
  (0 <=? bits)%Z &&
  forallb (fun piece => let '(lo, hi) := piece in (l <=? lo)%Z && (lo <=? hi)%Z && (hi <=? l + w)%Z &&
    nonneg depth (cut bits (recenter (lo - l) (hi - lo) w profile))) pieces.

Definition normalized : list R :=
  let z0 := IZR (- l) / IZR w in times (/ ev p z0) (affine z0 (IZR D / IZR w) p).

Lemma p0_spec : w <> 0%Z -> IZR p0 = IZR top * ev p (IZR (- l) / IZR w).
Proof.
  intros Hw. pose proof (ev_recenter (- l) 0 w p 0 Hw) as E. fold value_at_0 in E.
  rewrite Rmult_0_r, Rplus_0_r in E. unfold top. rewrite <- pow_IZR, <- E. unfold p0.
  destruct value_at_0; simpl; ring.
Qed.

Theorem upper_sound t : upper_ok = true -> (length p <= t + 1)%nat ->
  attainable f (support D pieces) (IZR ca / IZR M) (IZR cb / IZR M) t (IZR cv / IZR M).
Proof.
  unfold upper_ok. rewrite !andb_true_iff, negb_true_iff, Z.eqb_neq, !Z.ltb_lt, !Z.leb_le, forallb_forall.
  intros [[[[[[[[HD Hw] Hp0] Hs] Hsd] HM] Hv] Hb] Hn] Hlen.
  assert (Hw' : w <> 0%Z) by lia. pose proof (p0_spec Hw') as E0.
  assert (Hp0' : IZR p0 <> 0) by now apply not_0_IZR.
  apply IZR_lt in HD, Hw, Hs, Hsd, HM. apply IZR_le in Hv.
  set (z0 := IZR (- l) / IZR w) in *.
  assert (Q : ev p z0 <> 0) by (intros E; rewrite E, Rmult_0_r in E0; contradiction).
  assert (N : forall x, eval normalized x = ev p (z0 + IZR D / IZR w * x) / ev p z0).
  { intros x. unfold normalized. cbv zeta. fold z0. rewrite eval_times, eval_affine. field. assumption. }
  assert (N' : forall x, slope normalized x = IZR D / IZR w * ev (der p) (z0 + IZR D / IZR w * x) / ev p z0).
  { intros x. unfold normalized. cbv zeta. fold z0. rewrite slope_times, slope_affine. field. split; lra || assumption. }
  exists normalized, (IZR sn / IZR sd). split; [|split; [|split; [|split]]].
  - unfold normalized, times. rewrite map_length. pose proof (length_affine z0 (IZR D / IZR w) p) as B.
    eapply Nat.le_trans; [exact B | exact Hlen].
  - rewrite N, Rmult_0_r, Rplus_0_r. now field.
  - split; [apply Rdiv_lt_0_compat; lra|]. apply Rmult_lt_reg_r with (IZR sd); [lra|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
  - apply Rmult_le_pos; [assumption|]. left. now apply Rinv_0_lt_compat.
  - intros x [lo [hi [Hin Hx]]]. specialize (Hn _ Hin). cbv beta iota zeta in Hn.
    rewrite !andb_true_iff, !Z.leb_le in Hn. destruct Hn as [[[Hl Hlh] Hh] Hn].
    (* the place in the piece *)
    assert (Y : exists y, 0 <= y <= 1 /\ IZR D * x = IZR lo + IZR (hi - lo) * y).
    { apply IZR_le in Hlh. rewrite minus_IZR. destruct (Req_dec (IZR lo) (IZR hi)) as [E|E].
      - exists 0. split; [lra|]. rewrite E in *. lra.
      - exists ((IZR D * x - IZR lo) / (IZR hi - IZR lo)). split; [|field; lra].
        split; apply Rmult_le_reg_r with (IZR hi - IZR lo); try lra; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
    destruct Y as [y [Hy EX]].
    pose proof (nonneg_sound depth _ Hn y Hy) as B.
    pose proof (ev_cut bits (recenter (lo - l) (hi - lo) w profile) y Hb ltac:(lra)) as C.
    rewrite ev_recenter in C by assumption.
    set (z := (IZR (lo - l) + IZR (hi - lo) * y) / IZR w) in *.
    assert (Ez : z0 + IZR D / IZR w * x = z).
    { unfold z0, z. rewrite minus_IZR, opp_IZR. replace (IZR D / IZR w * x) with (IZR D * x / IZR w) by (field; lra).
      rewrite EX. field. lra. }
    assert (Pw : 0 < IZR w ^ length profile) by now apply pow_lt.
    assert (0 <= IZR (2 ^ bits)) by (apply IZR_le, Z.pow_nonneg; lia).
    assert (G : 0 <= ev profile z) by (apply Rmult_le_reg_l with (IZR w ^ length profile); nra).
    clear B C Hn. unfold profile in G.
    rewrite ev_add, ev_scale, ev_add, !ev_scale, !ev_mul in G. cbn [ev] in G.
    repeat rewrite ?mult_IZR, ?opp_IZR, ?minus_IZR in G. rewrite Rmult_0_r, Rplus_0_r in G.
    assert (EA : ev a_poly z = IZR w * ev p z0 * first_part f normalized x).
    { unfold a_poly, first_part. destruct f.
      - rewrite ev_add, !ev_scale, ev_mul, N, N', Ez. cbn [ev].
        assert (EL : IZR l + z * IZR w = IZR D * x).
        { rewrite EX. unfold z. rewrite minus_IZR. field. lra. }
        replace (IZR l + z * (IZR w + z * 0)) with (IZR D * x) by (rewrite <- EL; ring). field. split; lra || assumption.
      - rewrite ev_scale, N, Ez. field. assumption. }
    assert (EB : IZR D * ev (der p) z = IZR w * ev p z0 * slope normalized x).
    { rewrite N', Ez. field. split; lra || assumption. }
    rewrite EA in G. set (A := first_part f normalized x) in *. set (B := slope normalized x) in *.
    set (q := ev p z0) in *. set (b := ev (der p) z) in *.
    set (W := IZR w) in *. set (tp := IZR top) in *. set (d := IZR D) in *.
    rewrite E0 in G.
    assert (G' : 0 <= (tp * q * W) ^ 2 * (IZR cv ^ 2 * IZR sn * (IZR sd - IZR sn)
      - IZR sd * (IZR sd - IZR sn) * (IZR ca * A) ^ 2 - IZR sd * IZR sn * (IZR cb * B) ^ 2)).
    { replace ((tp * q * W) ^ 2 * (IZR cv ^ 2 * IZR sn * (IZR sd - IZR sn)
      - IZR sd * (IZR sd - IZR sn) * (IZR ca * A) ^ 2 - IZR sd * IZR sn * (IZR cb * B) ^ 2)) with
      (tp ^ 2 * (q * W) ^ 2 * IZR cv ^ 2 * IZR sn * (IZR sd - IZR sn)
       - tp ^ 2 * (IZR ca ^ 2 * IZR sd * (IZR sd - IZR sn) * (W * q * A) ^ 2
       + IZR cb ^ 2 * IZR sd * IZR sn * (W * q * B) ^ 2)) by ring.
      rewrite <- EB. nra. }
    assert (T2 : 0 < (tp * q * W) ^ 2).
    { rewrite <- Rsqr_pow2. apply Rsqr_pos_lt. rewrite <- E0. apply Rmult_integral_contrapositive_currified; lra. }
    assert (K : 0 <= IZR cv ^ 2 * IZR sn * (IZR sd - IZR sn)
      - IZR sd * (IZR sd - IZR sn) * (IZR ca * A) ^ 2 - IZR sd * IZR sn * (IZR cb * B) ^ 2).
    { apply Rmult_le_reg_l with ((tp * q * W) ^ 2); [assumption | lra]. }
    apply Rmult_le_reg_r with (IZR M ^ 2 * (IZR sn * (IZR sd - IZR sn))).
    { apply Rmult_lt_0_compat; [apply pow_lt; lra | apply Rmult_lt_0_compat; lra]. }
    replace (((IZR ca / IZR M * A) ^ 2 / (IZR sn / IZR sd) + (IZR cb / IZR M * B) ^ 2 / (1 - IZR sn / IZR sd))
      * (IZR M ^ 2 * (IZR sn * (IZR sd - IZR sn)))) with
      (IZR sd * (IZR sd - IZR sn) * (IZR ca * A) ^ 2 + IZR sd * IZR sn * (IZR cb * B) ^ 2) by (field; repeat split; lra).
    replace ((IZR cv / IZR M) ^ 2 * (IZR M ^ 2 * (IZR sn * (IZR sd - IZR sn)))) with
      (IZR cv ^ 2 * IZR sn * (IZR sd - IZR sn)) by (field; lra). lra.
Qed.
End Upper.
