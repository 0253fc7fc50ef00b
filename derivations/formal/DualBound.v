(** A check that no polynomial has a worst case below a number.  With multipliers u_j, v_j and weights
    w_j > 0 at points y_j of the support, F(P) = sum u_j A(y_j) + v_j B(y_j), and by Cauchy and Schwarz
    F(P)^2 <= V^2 W (s Su/a^2 + (1 - s) Sv/g^2), Su = sum u^2/w.  The multipliers are rounded, so F is c P(0)
    only up to G(P) = F(P) - c P(0).  In Newton's form on t + 1 nodes of the support G(P) is
    sum r_k P[z_0 ... z_k] exactly; and only a P with worst case <= U matters, which bounds |P(z_i)|, hence
    the divided differences. *)
Require Import Reals Lra Lia ZArith List Bool.
Require Import Minimax.
Import ListNotations.
Open Scope R_scope.

(** P(x) = P(z) + (x - z) Q(x), Q one coefficient shorter. *)
Fixpoint plus (p q : list R) : list R :=
  match p, q with [], _ => q | _, [] => p | c :: p, d :: q => c + d :: plus p q end.
Fixpoint quotient (z : R) (p : list R) : list R :=
  match p with [] => [] | _ :: p => plus p (map (Rmult z) (quotient z p)) end.

Lemma eval_plus p q x : eval (plus p q) x = eval p x + eval q x.
Proof. revert q. induction p; intros [|d q]; simpl; try lra. rewrite IHp. ring. Qed.
Lemma eval_times c p x : eval (map (Rmult c) p) x = c * eval p x.
Proof. induction p; simpl; [ring|]. rewrite IHp. ring. Qed.
Lemma slope_plus p q x : slope (plus p q) x = slope p x + slope q x.
Proof. revert q. induction p; intros [|d q]; simpl; try lra. rewrite IHp, eval_plus. ring. Qed.
Lemma slope_times c p x : slope (map (Rmult c) p) x = c * slope p x.
Proof. induction p; simpl; [ring|]. rewrite IHp, eval_times. ring. Qed.
Lemma length_plus p q : length (plus p q) = Nat.max (length p) (length q).
Proof. revert q. induction p; intros [|d q]; simpl; auto. Qed.

Lemma length_quotient z p : length (quotient z p) = pred (length p).
Proof.
  induction p as [|c p IH]; [reflexivity|]. simpl. rewrite length_plus, map_length, IH. lia.
Qed.
Lemma eval_quotient z p x : eval p x = eval p z + (x - z) * eval (quotient z p) x.
Proof.
  induction p as [|c p IH]; simpl; [ring|]. rewrite eval_plus, eval_times.
  assert (E : (x - z) * eval (quotient z p) x = eval p x - eval p z) by lra.
  replace ((x - z) * (eval p x + z * eval (quotient z p) x)) with
    ((x - z) * eval p x + z * ((x - z) * eval (quotient z p) x)) by ring. rewrite E. ring.
Qed.
Lemma slope_quotient z p x : slope p x = eval (quotient z p) x + (x - z) * slope (quotient z p) x.
Proof.
  induction p as [|c p IH]; simpl; [ring|]. rewrite slope_plus, slope_times, eval_plus, eval_times.
  pose proof (eval_quotient z p x) as E.
  assert (E' : (x - z) * slope (quotient z p) x = slope p x - eval (quotient z p) x) by lra.
  replace (eval p x + z * eval (quotient z p) x + (x - z) * (slope p x + z * slope (quotient z p) x)) with
    (eval p x + z * eval (quotient z p) x + (x - z) * slope p x + z * ((x - z) * slope (quotient z p) x)) by ring.
  rewrite E'. ring.
Qed.

(** A functional: sum of alpha P(x/D) + beta P'(x/D), as triples (x, alpha, beta) of integers; D = 1 below,
    lam is scaled. *)
Definition term := (Z * Z * Z)%type.
Fixpoint functional (D : R) (G : list term) (p : list R) : R :=
  match G with
  | [] => 0
  | (x, alpha, beta) :: G =>
      IZR alpha * eval p (IZR x / D) + IZR beta / D * slope p (IZR x / D) + functional D G p
  end.

(** On P = P(z) + (x - z) Q it is r P(z) plus a functional of Q, all times D. *)
Fixpoint first_sum (G : list term) : Z :=
  match G with [] => 0 | (_, alpha, _) :: G => (alpha + first_sum G)%Z end.
Definition next (z : Z) (G : list term) : list term :=
  map (fun g => let '(x, alpha, beta) := g in (x, alpha * (x - z) + beta, beta * (x - z))%Z) G.

Lemma functional_next D z G p : D <> 0 ->
  D * functional D G p
  = D * IZR (first_sum G) * eval p (IZR z / D) + functional D (next z G) (quotient (IZR z / D) p).
Proof.
  intros HD. induction G as [|[[x alpha] beta] G IH]; simpl; [ring|].
  rewrite Rmult_plus_distr_l, IH, plus_IZR.
  rewrite (eval_quotient (IZR z / D) p (IZR x / D)), (slope_quotient (IZR z / D) p (IZR x / D)).
  rewrite plus_IZR, !mult_IZR, minus_IZR. field. assumption.
Qed.

(** Bounds of |Q_k| at the nodes that are left, in units of 1/w^k times D^k: up to rounding up,
    |Q_{k+1}(z_i)| <= (b_i + b_k)/|z_i - z_k|. *)
Definition divide_up (a b : Z) : Z := (- (- a / b))%Z.
Definition next_bounds (w z b : Z) (rest : list (Z * Z)) : list (Z * Z) :=
  map (fun n => let '(x, c) := n in (x, divide_up ((b + c) * w) (Z.abs (x - z)))) rest.

(** sum of |r_k| b_k w^(t - k), and whether nodes are distinct *)
Fixpoint cost (n : nat) (w : Z) (G : list term) (nodes : list (Z * Z)) : Z :=
  match n, nodes with
  | S n, (z, b) :: rest =>
      (Z.abs (first_sum G) * b * w ^ Z.of_nat n + cost n w (next z G) (next_bounds w z b rest))%Z
  | _, _ => 0%Z
  end.
Fixpoint distinct (nodes : list (Z * Z)) : bool :=
  match nodes with
  | [] => true
  | (z, _) :: rest => forallb (fun n => negb (fst n =? z)%Z) rest && distinct rest
  end.

Lemma divide_up_le a b : (0 < b)%Z -> IZR a <= IZR (divide_up a b) * IZR b.
Proof.
  intros Hb. rewrite <- mult_IZR. apply IZR_le. unfold divide_up.
  pose proof (Z.mul_div_le (- a) b Hb). lia.
Qed.

Lemma distinct_next w z b rest : distinct rest = true -> distinct (next_bounds w z b rest) = true.
Proof.
  induction rest as [|[x c] rest IH]; [reflexivity|]. simpl. rewrite !andb_true_iff. intros [H1 H2]. split; [|now apply IH].
  rewrite forallb_forall in *. intros [y e] Hy. unfold next_bounds in Hy. apply in_map_iff in Hy as [[y' e'] [E Hy]].
  injection E as <- _. apply (H1 _ Hy).
Qed.

Theorem functional_bound D w : 0 < D -> (0 < w)%Z -> forall n nodes G p U, 0 <= U -> length nodes = n ->
  distinct nodes = true -> (length p <= n)%nat ->
  (forall x b, In (x, b) nodes -> Rabs (eval p (IZR x / D)) <= U * IZR b) ->
  Rabs (functional D G p) * IZR w ^ (n - 1) <= U * IZR (cost n w G nodes).
Proof.
  intros HD Hw. assert (Hw' : 0 < IZR w) by now apply IZR_lt.
  assert (Z0 : forall G p, length p = 0%nat -> functional D G p = 0).
  { induction G as [|[[x al] be] G IH]; intros [|c p] H; simpl in *; try discriminate; [reflexivity|].
    rewrite (IH []) by reflexivity. ring. }
  induction n as [|n IH]; intros nodes G p U HU Hn Hd Hp Hb.
  - rewrite Z0 by lia. simpl. rewrite Rabs_R0. lra.
  - destruct nodes as [|[z b] rest]; [discriminate|]. cbn [length cost] in *. injection Hn as Hn.
    replace (S n - 1)%nat with n by lia. simpl in Hd. apply andb_prop in Hd as [Hz Hd]. rewrite forallb_forall in Hz.
    set (q := quotient (IZR z / D) p).
    assert (Hq : (length q <= n)%nat) by (unfold q; rewrite length_quotient; lia).
    assert (Hb0 : Rabs (eval p (IZR z / D)) <= U * IZR b) by (apply Hb; now left).
    assert (HQ : forall x c, In (x, c) (next_bounds w z b rest) ->
      Rabs (eval q (IZR x / D)) <= U * D / IZR w * IZR c).
    { intros x c Hx. unfold next_bounds in Hx. apply in_map_iff in Hx as [[y e] [E Hy]]. injection E as -> <-.
      pose proof (Hz _ Hy) as Hne. simpl in Hne. rewrite negb_true_iff, Z.eqb_neq in Hne.
      assert (Hxz : (0 < Z.abs (x - z))%Z) by lia. pose proof (divide_up_le ((b + e) * w) _ Hxz) as Du.
      assert (Hpos : 0 < IZR (Z.abs (x - z))) by now apply IZR_lt.
      pose proof (Hb x e (or_intror Hy)) as Hbx. pose proof (eval_quotient (IZR z / D) p (IZR x / D)) as Eq. fold q in Eq.
      assert (E1 : Rabs (eval q (IZR x / D)) * (IZR (Z.abs (x - z)) / D) <= U * IZR (b + e)).
      { replace (IZR (Z.abs (x - z)) / D) with (Rabs (IZR x / D - IZR z / D)).
        - rewrite <- Rabs_mult, Rmult_comm.
          replace ((IZR x / D - IZR z / D) * eval q (IZR x / D)) with (eval p (IZR x / D) + - eval p (IZR z / D)) by lra.
          eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp, plus_IZR. lra.
        - rewrite abs_IZR, minus_IZR. replace (IZR x / D - IZR z / D) with ((IZR x - IZR z) * / D) by (field; lra).
          rewrite Rabs_mult. rewrite (Rabs_right (/ D)); [reflexivity|]. apply Rle_ge. left. now apply Rinv_0_lt_compat. }
      rewrite mult_IZR in Du. apply Rmult_le_reg_r with (IZR (Z.abs (x - z)) / D).
      { apply Rdiv_lt_0_compat; assumption. }
      eapply Rle_trans; [exact E1|].
      replace (U * D / IZR w * IZR (divide_up ((b + e) * w) (Z.abs (x - z))) * (IZR (Z.abs (x - z)) / D)) with
        (U * (IZR (divide_up ((b + e) * w) (Z.abs (x - z))) * IZR (Z.abs (x - z))) / IZR w) by (field; lra).
      apply Rmult_le_reg_r with (IZR w); [assumption|]. unfold Rdiv. rewrite (Rmult_assoc _ (/ IZR w)), Rinv_l, Rmult_1_r by lra.
      rewrite Rmult_assoc. now apply Rmult_le_compat_l. }
    pose proof (IH (next_bounds w z b rest) (next z G) q (U * D / IZR w)
      ltac:(apply Rmult_le_pos; [nra | left; now apply Rinv_0_lt_compat])
      ltac:(unfold next_bounds; now rewrite map_length) (distinct_next w z b rest Hd) Hq HQ) as B.
    pose proof (functional_next D z G p ltac:(lra)) as E. fold q in E.
    assert (T : D * Rabs (functional D G p) <= D * (IZR (Z.abs (first_sum G)) * (U * IZR b)) + Rabs (functional D (next z G) q)).
    { rewrite <- (Rabs_right D) at 1 by lra. rewrite <- Rabs_mult, E. eapply Rle_trans; [apply Rabs_triang|].
      apply Rplus_le_compat_r. rewrite !Rabs_mult, (Rabs_right D), abs_IZR by lra. rewrite Rmult_assoc.
      apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_l; [apply Rabs_pos | exact Hb0]. }
    apply Rmult_le_reg_l with D; [assumption|]. rewrite plus_IZR, !mult_IZR, <- pow_IZR.
    assert (Last : Rabs (functional D (next z G) q) * IZR w ^ n
      <= D * (U * IZR (cost n w (next z G) (next_bounds w z b rest)))).
    { destruct n as [|m].
      - rewrite Z0 by lia. simpl. rewrite Rabs_R0. lra.
      - replace (S m - 1)%nat with m in B by lia. cbn [pow].
        apply Rmult_le_reg_r with (/ IZR w); [now apply Rinv_0_lt_compat|].
        replace (Rabs (functional D (next z G) q) * (IZR w * IZR w ^ m) * / IZR w) with
          (Rabs (functional D (next z G) q) * IZR w ^ m) by (field; lra).
        eapply Rle_trans; [exact B|]. right. field. lra. }
    assert (0 < IZR w ^ n) by now apply pow_lt.
    apply Rle_trans with ((D * (IZR (Z.abs (first_sum G)) * (U * IZR b)) + Rabs (functional D (next z G) q)) * IZR w ^ n).
    + rewrite <- Rmult_assoc. apply Rmult_le_compat_r; [lra | exact T].
    + rewrite Rmult_plus_distr_r. nra.
Qed.
