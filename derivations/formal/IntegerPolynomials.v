(** Integer polynomials, and a check that one is nonnegative on [0, 1]: its Bernstein coefficients,
    on halves where they are not, rounded down. *)
Require Import Reals Lra Lia ZArith List Bool.
Import ListNotations.
Open Scope R_scope.

Fixpoint ev (p : list Z) (x : R) : R := match p with [] => 0 | c :: p => IZR c + x * ev p x end.
Fixpoint add (p q : list Z) : list Z :=
  match p, q with [], _ => q | _, [] => p | c :: p, d :: q => (c + d)%Z :: add p q end.
Definition scale (c : Z) (p : list Z) := map (Z.mul c) p.
Fixpoint mul (p q : list Z) : list Z :=
  match p with [] => [] | c :: p => add (scale c q) (0%Z :: mul p q) end.
Fixpoint der (p : list Z) : list Z :=      (* p' *)
  match p with [] => [] | _ :: p => add p (0%Z :: der p) end.
Fixpoint shift (p : list Z) : list Z :=    (* p(x + 1) *)
  match p with [] => [] | c :: p => let q := shift p in add (c :: q) q end.
Fixpoint halve (k : Z) (p : list Z) : list Z :=    (* p(x/2) / 2^k, rounded down *)
  match p with [] => [] | c :: p => Z.shiftr c k :: halve (k + 1) p end.
Definition cut (k : Z) (p : list Z) := map (fun c => Z.shiftr c k) p.    (* p / 2^k, rounded down *)

Lemma ev_add p q x : ev (add p q) x = ev p x + ev q x.
Proof. revert q. induction p; intros [|d q]; simpl; try lra. rewrite plus_IZR, IHp. ring. Qed.
Lemma ev_scale c p x : ev (scale c p) x = IZR c * ev p x.
Proof. induction p; simpl; [ring|]. rewrite mult_IZR, IHp. ring. Qed.
Lemma ev_mul p q x : ev (mul p q) x = ev p x * ev q x.
Proof. induction p; simpl; [ring|]. rewrite ev_add, ev_scale. simpl. rewrite IHp. ring. Qed.
Lemma ev_shift p x : ev (shift p) x = ev p (x + 1).
Proof.
  induction p as [|c p IH]; [simpl; ring|]. change (shift (c :: p)) with (add (c :: shift p) (shift p)).
  rewrite ev_add. simpl. rewrite IH. ring.
Qed.
Lemma ev_app p c x : ev (p ++ [c]) x = ev p x + IZR c * x ^ length p.
Proof. induction p; simpl; [ring|]. rewrite IHp. ring. Qed.

Lemma shiftr_le c k : (0 <= k)%Z -> IZR (Z.shiftr c k) * IZR (2 ^ k) <= IZR c.
Proof.
  intros Hk. rewrite <- mult_IZR. apply IZR_le. rewrite Z.shiftr_div_pow2 by assumption.
  rewrite Z.mul_comm. apply Z.mul_div_le. now apply Z.pow_pos_nonneg.
Qed.

Lemma ev_halve p : forall k x, (0 <= k)%Z -> 0 <= x -> ev (halve k p) x * IZR (2 ^ k) <= ev p (x / 2).
Proof.
  induction p; intros k x Hk Hx; simpl; [lra|].
  pose proof (shiftr_le a k Hk). pose proof (IHp (k + 1)%Z x ltac:(lia) Hx) as B.
  replace (2 ^ (k + 1))%Z with (2 ^ k * 2)%Z in B by (rewrite Z.pow_add_r by lia; reflexivity).
  rewrite mult_IZR in B. assert (x * (ev (halve (k + 1) p) x * (IZR (2 ^ k) * 2)) <= x * ev p (x / 2))
    by (apply Rmult_le_compat_l; lra). nra.
Qed.

Lemma ev_cut k p x : (0 <= k)%Z -> 0 <= x -> ev (cut k p) x * IZR (2 ^ k) <= ev p x.
Proof.
  intros Hk Hx. induction p; simpl; [lra|]. pose proof (shiftr_le a k Hk).
  assert (x * (ev (cut k p) x * IZR (2 ^ k)) <= x * ev p x) by (apply Rmult_le_compat_l; lra). nra.
Qed.

Lemma ev_rev p z : z <> 0 -> z ^ length p * ev (rev p) (/ z) = z * ev p z.
Proof.
  intros Hz. induction p; simpl; [ring|]. rewrite ev_app, rev_length, Rmult_plus_distr_l.
  replace (z * z ^ length p * ev (rev p) (/ z)) with (z * (z ^ length p * ev (rev p) (/ z))) by ring.
  rewrite IHp, pow_inv. field. now apply pow_nonzero.
Qed.

Definition all_nonneg (p : list Z) := forallb (Z.leb 0) p.
Lemma all_nonneg_sound p x : all_nonneg p = true -> 0 <= x -> 0 <= ev p x.
Proof.
  intros H Hx. induction p; simpl in *; [lra|]. apply andb_prop in H as [H1 H2].
  apply Z.leb_le, IZR_le in H1. specialize (IHp H2). nra.
Qed.

Definition bernstein (p : list Z) := Z.leb 0 (hd 0%Z p) && all_nonneg (shift (rev p)).
Lemma bernstein_sound p z : bernstein p = true -> 0 <= z <= 1 -> 0 <= ev p z.
Proof.
  unfold bernstein. intros H [H0 H1]. apply andb_prop in H as [Hc Hs]. destruct (Req_dec z 0) as [->|N].
  - apply Z.leb_le, IZR_le in Hc. destruct p; simpl in *; lra.
  - assert (1 <= / z) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
    pose proof (all_nonneg_sound _ (/ z - 1) Hs ltac:(lra)) as B. rewrite ev_shift in B.
    replace (/ z - 1 + 1) with (/ z) in B by ring. pose proof (ev_rev p z N) as E.
    pose proof (pow_le z (length p) H0). assert (0 <= z * ev p z) by (rewrite <- E; now apply Rmult_le_pos).
    apply Rmult_le_reg_l with z; lra.
Qed.

Fixpoint nonneg (depth : nat) (p : list Z) : bool :=
  if bernstein p then true else
  match depth with
  | O => false
  | S depth => let q := halve 0 p in if nonneg depth q then nonneg depth (shift q) else false
  end.

Theorem nonneg_sound depth : forall p, nonneg depth p = true -> forall z, 0 <= z <= 1 -> 0 <= ev p z.
Proof.
  induction depth; intros p H z Hz; simpl in H; destruct (bernstein p) eqn:B;
    try discriminate; try (now apply bernstein_sound).
  destruct (nonneg depth (halve 0 p)) eqn:Hl; [rename H into Hr | discriminate].
  pose proof (ev_halve p 0 (2 * z) ltac:(lia) ltac:(lra)) as E.
  replace (2 * z / 2) with z in E by field. change (IZR (2 ^ 0)) with 1 in E.
  destruct (Rle_or_lt z (1 / 2)).
  - pose proof (IHdepth _ Hl (2 * z) ltac:(lra)). lra.
  - pose proof (IHdepth _ Hr (2 * z - 1) ltac:(lra)) as B'. rewrite ev_shift in B'.
    replace (2 * z - 1 + 1) with (2 * z) in B' by ring. lra.
Qed.

(** d^(length p) p((n + m y)/d), in y *)
Fixpoint recenter (n m d : Z) (p : list Z) : list Z :=
  match p with
  | [] => []
  | c :: p => add [(c * d ^ Z.of_nat (S (length p)))%Z] (mul [n; m] (recenter n m d p))
  end.

Lemma ev_recenter n m d p y : d <> 0%Z ->
  ev (recenter n m d p) y = IZR d ^ length p * ev p ((IZR n + IZR m * y) / IZR d).
Proof.
  intros Hd. assert (IZR d <> 0) by now apply not_0_IZR. induction p as [|c p IH]; [simpl; ring|].
  cbn [recenter length]. rewrite ev_add, ev_mul, IH. cbn [ev]. rewrite mult_IZR, <- pow_IZR. cbn [pow]. field.
  assumption.
Qed.
