(** The tight joint worst case for a finite spectrum.  Over all H with eigenvalues in the list, all E and G
    with |E| <= a and |G| <= g, in any dimension, the largest |A(H)E + B(H)G| is
    V = min over s of max over lam of sqrt(a^2 A^2/s + g^2 B^2/(1 - s)); two eigenvalues attain it.
    Times s (1 - s) the profile is a line in s, L(s) = X (1 - s) + Y s with X = (a A)^2, Y = (g B)^2, and its
    slope in s has the sign of D(s) = s^2 Y - (1 - s)^2 X.  The least upper bound of the s at which some
    largest line has D <= 0 is the minimum: there two largest lines have slopes of both signs. *)
Require Import Reals Lra Lia List.
Import ListNotations.
Open Scope R_scope.

Section Lines.
Variable l : list (R * R).
Hypothesis nonneg : forall X Y, In (X, Y) l -> 0 <= X /\ 0 <= Y.

Definition line (k : R * R) (s : R) : R := fst k * (1 - s) + snd k * s.
Definition turn (k : R * R) (s : R) : R := s ^ 2 * snd k - (1 - s) ^ 2 * fst k.
Definition largest (k : R * R) (s : R) : Prop := In k l /\ forall j, In j l -> line j s <= line k s.

Lemma largest_exists s : l <> [] -> exists k, largest k s.
Proof.
  clear nonneg. unfold largest. induction l as [|k r IH]; [congruence|]. intros _.
  destruct r as [|j r]; [exists k; split; [now left|]; intros j [<-|[]]; lra|].
  destruct IH as [m [Hm Hmax]]; [discriminate|].
  destruct (Rle_or_lt (line m s) (line k s)).
  - exists k. split; [now left|]. intros i [<-|Hi]; [lra|]. specialize (Hmax i Hi). lra.
  - exists m. split; [now right|]. intros i [<-|Hi]; [lra | now apply Hmax].
Qed.

Lemma both k : In k l -> 0 <= fst k /\ 0 <= snd k.
Proof. destruct k. apply nonneg. Qed.

(** A property of each member near s holds for all members near s. *)
Lemma uniformly (P : R * R -> R -> Prop) s :
  (forall k, In k l -> exists d, 0 < d /\ forall r, Rabs (r - s) < d -> P k r) ->
  exists d, 0 < d /\ forall r, Rabs (r - s) < d -> forall k, In k l -> P k r.
Proof.
  clear nonneg. induction l as [|k r IH]; intros H; [exists 1; split; [lra|]; intros ? ? ? []|].
  destruct (H k (or_introl eq_refl)) as [d [Hd Pd]].
  destruct IH as [e [He Pe]]; [intros j Hj; apply H; now right|].
  exists (Rmin d e). split; [now apply Rmin_glb_lt|]. intros q Hq j [<-|Hj].
  - apply Pd. eapply Rlt_le_trans; [exact Hq | apply Rmin_l].
  - apply Pe; [|assumption]. eapply Rlt_le_trans; [exact Hq | apply Rmin_r].
Qed.

Lemma line_near k s : In k l -> forall r, Rabs (line k r - line k s) <= (fst k + snd k) * Rabs (r - s).
Proof.
  intros Hk r. destruct (both k Hk). replace (line k r - line k s) with ((snd k - fst k) * (r - s)) by (unfold line; ring).
  rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|]. apply Rabs_le. lra.
Qed.

Lemma turn_near k s : In k l -> 0 <= s <= 1 -> forall r, Rabs (r - s) < 1 ->
  Rabs (turn k r - turn k s) <= 3 * (fst k + snd k) * Rabs (r - s).
Proof.
  intros Hk Hs r Hr. destruct (both k Hk).
  replace (turn k r - turn k s) with (((r + s) * snd k + (2 - r - s) * fst k) * (r - s)) by (unfold turn; ring).
  rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|]. apply Rabs_def2 in Hr. apply Rabs_le. nra.
Qed.

(** Where every largest line turns one way, so do all the largest lines nearby. *)
Lemma stays sign s : (sign = 1 \/ sign = -1) -> 0 <= s <= 1 -> l <> [] ->
  (forall k, largest k s -> 0 < sign * turn k s) ->
  exists d, 0 < d /\ forall r, Rabs (r - s) < d -> forall k, largest k r -> 0 < sign * turn k r.
Proof.
  intros Hsign Hs Hl H. destruct (largest_exists s Hl) as [m [Hm Hmax]].
  destruct (uniformly (fun k r => (forall j, In j l -> line j r <= line k r) -> 0 < sign * turn k r) s) as [d [Hd Pd]].
  - intros k Hk. destruct (both k Hk) as [X0 Y0]. destruct (both m Hm) as [Xm Ym].
    destruct (Rle_or_lt (line m s) (line k s)) as [B|B].
    + assert (Lk : 0 < sign * turn k s).
      { apply H. split; [assumption|]. intros j Hj. specialize (Hmax j Hj). lra. }
      set (c := 3 * (fst k + snd k) + 1). assert (Hc : 0 < c) by (unfold c; lra).
      exists (Rmin 1 (sign * turn k s / c)). split; [apply Rmin_glb_lt; [lra | now apply Rdiv_lt_0_compat]|].
      intros r Hr _. assert (H1 : Rabs (r - s) < 1) by (eapply Rlt_le_trans; [exact Hr | apply Rmin_l]).
      assert (H2 : Rabs (r - s) < sign * turn k s / c) by (eapply Rlt_le_trans; [exact Hr | apply Rmin_r]).
      pose proof (turn_near k s Hk Hs r H1) as N. pose proof (Rabs_pos (r - s)).
      assert (H3 : c * Rabs (r - s) < sign * turn k s).
      { apply Rmult_lt_reg_r with (/ c); [now apply Rinv_0_lt_compat|]. replace (c * Rabs (r - s) * / c) with (Rabs (r - s)) by (field; lra). exact H2. }
      assert (N' : Rabs (turn k r - turn k s) <= c * Rabs (r - s)) by (unfold c; nra).
      assert (A : - (c * Rabs (r - s)) <= turn k r - turn k s <= c * Rabs (r - s)).
      { pose proof (Rle_abs (turn k r - turn k s)). pose proof (Rle_abs (- (turn k r - turn k s))) as Q. rewrite Rabs_Ropp in Q. lra. }
      destruct Hsign as [-> | ->]; lra.
    + set (c := fst k + snd k + (fst m + snd m) + 1). assert (Hc : 0 < c) by (unfold c; lra).
      exists ((line m s - line k s) / c). split; [apply Rdiv_lt_0_compat; lra|]. intros r Hr Hbig. exfalso.
      specialize (Hbig m Hm). pose proof (line_near k s Hk r) as N1. pose proof (line_near m s Hm r) as N2.
      pose proof (Rabs_pos (r - s)).
      assert (H3 : c * Rabs (r - s) < line m s - line k s).
      { apply Rmult_lt_reg_r with (/ c); [now apply Rinv_0_lt_compat|]. replace (c * Rabs (r - s) * / c) with (Rabs (r - s)) by (field; lra). exact Hr. }
      pose proof (Rle_abs (line k r - line k s)). pose proof (Rle_abs (- (line m r - line m s))) as Q. rewrite Rabs_Ropp in Q.
      unfold c in H3. nra.
  - exists d. split; [assumption|]. intros r Hr k [Hk Hbig]. now apply (Pd r Hr k Hk).
Qed.

Hypothesis some_X : exists k, In k l /\ 0 < fst k.
Hypothesis some_Y : exists k, In k l /\ 0 < snd k.

Lemma not_empty : l <> [].
Proof. destruct some_X as [k [Hk _]]. now destruct l. Qed.

(** Near 0 every largest line turns down, near 1 up. *)
Lemma near_0 : exists s0, 0 < s0 < 1 /\ exists k, largest k s0 /\ turn k s0 <= 0.
Proof.
  destruct (stays (-1) 0) as [d [Hd P]]; [now right | lra | exact not_empty | |].
  - intros k [Hk Hbig]. destruct some_X as [m [Hm Xm]]. specialize (Hbig m Hm). unfold line, turn in *. lra.
  - set (s0 := Rmin (d / 2) (1 / 2)). assert (0 < s0) by (apply Rmin_glb_lt; lra).
    pose proof (Rmin_l (d / 2) (1 / 2)). pose proof (Rmin_r (d / 2) (1 / 2)). fold s0 in H0, H1.
    exists s0. split; [lra|]. destruct (largest_exists s0 not_empty) as [k Hk]. exists k. split; [assumption|].
    assert (0 < -1 * turn k s0); [|lra]. apply P; [|assumption]. rewrite Rminus_0_r, Rabs_right; lra.
Qed.

Lemma near_1 : exists s1, 0 < s1 < 1 /\ forall s k, s1 < s <= 1 -> largest k s -> 0 < turn k s.
Proof.
  destruct (stays 1 1) as [d [Hd P]]; [now left | lra | exact not_empty | |].
  - intros k [Hk Hbig]. destruct some_Y as [m [Hm Ym]]. specialize (Hbig m Hm). unfold line, turn in *. lra.
  - exists (Rmax (1 - d) (1 / 2)). split; [split; [eapply Rlt_le_trans; [|apply Rmax_r]; lra | apply Rmax_lub_lt; lra]|].
    intros s k Hs Hk. pose proof (Rmax_l (1 - d) (1 / 2)). assert (0 < 1 * turn k s); [|lra]. apply P; [|assumption].
    rewrite Rabs_left1; lra.
Qed.

Theorem two_lines : exists s, 0 < s < 1 /\ exists i j, largest i s /\ largest j s /\ turn i s <= 0 <= turn j s.
Proof.
  set (Q := fun s => 0 <= s <= 1 /\ exists k, largest k s /\ turn k s <= 0).
  destruct near_0 as [s0 [H0 [k0 [L0 T0]]]]. destruct near_1 as [s1 [H1 P1]].
  destruct (completeness Q) as [s [Hub Hleast]].
  { exists 1. intros r [Hr _]. lra. }
  { exists s0. split; [lra|]. now exists k0. }
  assert (B0 : s0 <= s) by (apply Hub; split; [lra | now exists k0]).
  assert (B1 : s <= s1).
  { apply Hleast. intros r [Hr [k [Lk Tk]]]. destruct (Rle_or_lt r s1) as [|C]; [assumption|].
    specialize (P1 r k ltac:(lra) Lk). lra. }
  assert (Hs : 0 < s < 1) by lra. exists s. split; [assumption|].
  assert (I : exists i, largest i s /\ turn i s <= 0).
  { destruct (Classical_Prop.classic (exists i, largest i s /\ turn i s <= 0)) as [|N]; [assumption|exfalso].
    destruct (stays 1 s) as [d [Hd P]]; [now left | lra | exact not_empty | |].
    - intros k Lk. destruct (Rle_or_lt (turn k s) 0); [exfalso; apply N; now exists k | lra].
    - assert (Hm : is_upper_bound Q (s - d)).
      { intros r [Hr [k [Lk Tk]]]. destruct (Rle_or_lt r (s - d)) as [|C]; [assumption|exfalso].
        assert (r <= s) by (apply Hub; split; [assumption | now exists k]).
        assert (0 < 1 * turn k r); [|lra]. apply P; [|assumption]. rewrite Rabs_left1; lra. }
      apply Hleast in Hm. lra. }
  assert (J : exists j, largest j s /\ 0 <= turn j s).
  { destruct (Classical_Prop.classic (exists j, largest j s /\ 0 <= turn j s)) as [|N]; [assumption|exfalso].
    destruct (stays (-1) s) as [d [Hd P]]; [now right | lra | exact not_empty | |].
    - intros k Lk. destruct (Rle_or_lt 0 (turn k s)); [exfalso; apply N; now exists k | lra].
    - set (r := s + Rmin (d / 2) ((1 - s) / 2)). assert (0 < Rmin (d / 2) ((1 - s) / 2)) by (apply Rmin_glb_lt; lra).
      pose proof (Rmin_l (d / 2) ((1 - s) / 2)). pose proof (Rmin_r (d / 2) ((1 - s) / 2)).
      destruct (largest_exists r not_empty) as [k Lk].
      assert (0 < -1 * turn k r) by (apply P; [unfold r; rewrite Rabs_right; lra | assumption]).
      assert (r <= s); [|unfold r in *; lra]. apply Hub. split; [unfold r; lra|]. exists k. split; [assumption | lra]. }
  destruct I as [i [Li Ti]]. destruct J as [j [Lj Tj]]. exists i, j. tauto.
Qed.
End Lines.

Fixpoint sum {X} (h : X -> R) (l : list X) : R := match l with [] => 0 | x :: l => h x + sum h l end.

Section Worst.
Variables (A B : R -> R) (a g : R) (spectrum : list R).
Hypotheses (Ha : 0 < a) (Hg : 0 < g).

Definition profile (s lam : R) : R := (a * A lam) ^ 2 / s + (g * B lam) ^ 2 / (1 - s).

(** H, E, G in the eigenbasis of H: a list of an eigenvalue and two components. *)
Definition error (problem : list (R * R * R)) : R :=
  sum (fun q => let '(lam, e, d) := q in (A lam * e + B lam * d) ^ 2) problem.
Definition allowed (problem : list (R * R * R)) : Prop :=
  (forall lam e d, In (lam, e, d) problem -> In lam spectrum) /\
  sum (fun q => let '(lam, e, d) := q in e ^ 2) problem <= a ^ 2 /\
  sum (fun q => let '(lam, e, d) := q in d ^ 2) problem <= g ^ 2.

(** For every s the maximum of the profile bounds the error: Cauchy and Schwarz on every eigenvector. *)
Theorem upper_side s V problem : 0 < s < 1 -> 0 <= V -> (forall lam, In lam spectrum -> profile s lam <= V) ->
  allowed problem -> error problem <= V.
Proof.
  intros Hs V0 HV [Hin [He Hd]].
  assert (C : error problem <= V * (s * (sum (fun q => let '(lam, e, d) := q in e ^ 2) problem / a ^ 2)
    + (1 - s) * (sum (fun q => let '(lam, e, d) := q in d ^ 2) problem / g ^ 2))).
  { clear He Hd. unfold error. induction problem as [|[[lam e] d] r IH]; cbn [sum]; [unfold Rdiv; lra|].
    specialize (IH (fun lam e d H => Hin lam e d (or_intror H))). specialize (HV lam (Hin lam e d (or_introl eq_refl))).
    unfold profile in HV. set (x := a * A lam) in *. set (y := g * B lam) in *.
    set (n := s * (e / a) ^ 2 + (1 - s) * (d / g) ^ 2).
    assert (Hn : 0 <= n) by (unfold n; pose proof (pow2_ge_0 (e / a)); pose proof (pow2_ge_0 (d / g)); nra).
    assert (Q : n * (x ^ 2 / s + y ^ 2 / (1 - s)) - (A lam * e + B lam * d) ^ 2
      = (s * (e / a) * y - (1 - s) * (d / g) * x) ^ 2 / (s * (1 - s))) by (unfold n, x, y; field; lra).
    assert (0 <= (s * (e / a) * y - (1 - s) * (d / g) * x) ^ 2 / (s * (1 - s))).
    { apply Rmult_le_pos; [apply pow2_ge_0|]. left. apply Rinv_0_lt_compat. nra. }
    assert (n * (x ^ 2 / s + y ^ 2 / (1 - s)) <= n * V) by now apply Rmult_le_compat_l.
    set (S1 := sum (fun q => let '(lam, e, d) := q in e ^ 2) r) in *.
    set (S2 := sum (fun q => let '(lam, e, d) := q in d ^ 2) r) in *.
    replace (V * (s * ((e ^ 2 + S1) / a ^ 2) + (1 - s) * ((d ^ 2 + S2) / g ^ 2))) with
      (n * V + V * (s * (S1 / a ^ 2) + (1 - s) * (S2 / g ^ 2))) by (unfold n; field; lra). lra. }
  set (p := sum (fun q => let '(lam, e, d) := q in e ^ 2) problem / a ^ 2) in *.
    set (q := sum (fun q => let '(lam, e, d) := q in d ^ 2) problem / g ^ 2) in *.
    assert (p <= 1).
    { unfold p. apply Rmult_le_reg_r with (a ^ 2); [now apply pow_lt|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by (apply pow_nonzero; lra). lra. }
    assert (q <= 1).
    { unfold q. apply Rmult_le_reg_r with (g ^ 2); [now apply pow_lt|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by (apply pow_nonzero; lra). lra. }
    eapply Rle_trans; [exact C|]. rewrite <- (Rmult_1_r V) at 2. apply Rmult_le_compat_l; [assumption|]. nra.
Qed.

Hypothesis A_somewhere : exists lam, In lam spectrum /\ A lam <> 0.
Hypothesis B_somewhere : exists lam, In lam spectrum /\ B lam <> 0.

(** V^2 is the smallest maximum of the profile, no problem has a larger error, two eigenvalues have it. *)
Theorem tight_worst_case : exists s V, 0 < s < 1 /\ 0 < V /\
  (forall lam, In lam spectrum -> profile s lam <= V ^ 2) /\
  (forall r, 0 < r < 1 -> exists lam, In lam spectrum /\ V ^ 2 <= profile r lam) /\
  (forall problem, allowed problem -> error problem <= V ^ 2) /\
  exists lam1 lam2 e1 e2 d1 d2, let problem := [(lam1, e1, d1); (lam2, e2, d2)] in
    allowed problem /\ error problem = V ^ 2.
Proof.
  set (l := map (fun lam => ((a * A lam) ^ 2, (g * B lam) ^ 2)) spectrum).
  assert (square : forall c x, 0 < c -> x <> 0 -> 0 < (c * x) ^ 2).
  { intros c x Hc Hx. rewrite <- Rsqr_pow2. apply Rsqr_pos_lt, Rmult_integral_contrapositive_currified; lra. }
  destruct (two_lines l) as [s [Hs [i [j [[Ii Li] [[Ij Lj] [Ti Tj]]]]]]].
  { intros X Y H. apply in_map_iff in H as [lam [E _]]. injection E as <- <-. split; apply pow2_ge_0. }
  { destruct A_somewhere as [lam [Hin HA]]. exists ((a * A lam) ^ 2, (g * B lam) ^ 2).
    split; [apply in_map_iff; now exists lam | now apply square]. }
  { destruct B_somewhere as [lam [Hin HB]]. exists ((a * A lam) ^ 2, (g * B lam) ^ 2).
    split; [apply in_map_iff; now exists lam | now apply square]. }
  apply in_map_iff in Ii as [lam1 [<- In1]]. apply in_map_iff in Ij as [lam2 [<- In2]].
  set (x1 := a * A lam1) in *. set (y1 := g * B lam1) in *. set (x2 := a * A lam2) in *. set (y2 := g * B lam2) in *.
  (* the largest line is positive *)
  set (h := line (x1 ^ 2, y1 ^ 2) s).
  assert (Eh : line (x2 ^ 2, y2 ^ 2) s = h).
  { apply Rle_antisym; [apply Li | apply Lj]; apply in_map_iff; [now exists lam2 | now exists lam1]. }
  assert (Hh : 0 < h).
  { destruct A_somewhere as [lam [Hin HA]]. eapply Rlt_le_trans; [|apply (Li ((a * A lam) ^ 2, (g * B lam) ^ 2)); apply in_map_iff; now exists lam].
    unfold line. cbn [fst snd]. pose proof (square a (A lam) Ha HA). pose proof (pow2_ge_0 (g * B lam)). nra. }
  (* weights that make the slopes cancel *)
  assert (Wt : exists w, 0 <= w <= 1 /\ w * turn (x1 ^ 2, y1 ^ 2) s + (1 - w) * turn (x2 ^ 2, y2 ^ 2) s = 0).
  { set (p := turn (x1 ^ 2, y1 ^ 2) s) in *. set (q := turn (x2 ^ 2, y2 ^ 2) s) in *.
    destruct (Req_dec (q - p) 0) as [Z|Z]; [exists 1; split; lra|]. exists (q / (q - p)). split; [|field; assumption].
    split; apply Rmult_le_reg_r with (q - p); try lra; unfold Rdiv; rewrite ?Rmult_0_l, ?Rmult_1_l, ?(Rmult_assoc q), ?Rinv_l; lra. }
  destruct Wt as [w [Hw Ew]]. unfold turn, line in *. cbn [fst snd] in *.
  set (X := w * x1 ^ 2 + (1 - w) * x2 ^ 2). set (Y := w * y1 ^ 2 + (1 - w) * y2 ^ 2).
  assert (EL : X * (1 - s) + Y * s = h) .
  { assert (E1 : x1 ^ 2 * (1 - s) + y1 ^ 2 * s = h) by reflexivity.
    replace (X * (1 - s) + Y * s) with (w * (x1 ^ 2 * (1 - s) + y1 ^ 2 * s)
      + (1 - w) * (x2 ^ 2 * (1 - s) + y2 ^ 2 * s)) by (unfold X, Y; ring). rewrite E1, Eh. ring. }
  assert (ET : s ^ 2 * Y = (1 - s) ^ 2 * X) by (unfold X, Y; lra).
  assert (VV : 0 < h / (s * (1 - s))) by (apply Rdiv_lt_0_compat; nra).
  set (V := sqrt (h / (s * (1 - s)))). assert (HV : 0 < V) by now apply sqrt_lt_R0.
  assert (V2 : V ^ 2 = h / (s * (1 - s))) by (unfold V; simpl; rewrite Rmult_1_r; apply sqrt_sqrt; lra).
  assert (V2h : V ^ 2 * (s * (1 - s)) = h) by (rewrite V2; field; lra).
  assert (EX : X = s ^ 2 * V ^ 2).
  { assert (K : (1 - s) * X = s * h).
    { rewrite <- EL. replace (s * (X * (1 - s) + Y * s)) with (s * X * (1 - s) + s ^ 2 * Y) by ring. rewrite ET. ring. }
    apply Rmult_eq_reg_l with (1 - s); [rewrite K, <- V2h; ring | lra]. }
  assert (EY : Y = (1 - s) ^ 2 * V ^ 2).
  { apply Rmult_eq_reg_l with (s ^ 2); [|apply pow_nonzero; lra]. rewrite ET, EX. ring. }
  assert (P : forall lam r, 0 < r < 1 -> profile r lam = ((a * A lam) ^ 2 * (1 - r) + (g * B lam) ^ 2 * r) / (r * (1 - r))).
  { intros lam r Hr. unfold profile. field. lra. }
  assert (top : forall lam, In lam spectrum -> profile s lam <= V ^ 2).
  { intros lam Hin. rewrite P, V2 by assumption. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; nra|].
    apply (Li ((a * A lam) ^ 2, (g * B lam) ^ 2)). apply in_map_iff. now exists lam. }
  exists s, V. split; [assumption|]. split; [assumption|]. split; [exact top|]. split; [|split].
  - intros r Hr.
    assert (M : V ^ 2 <= w * profile r lam1 + (1 - w) * profile r lam2).
    { replace (w * profile r lam1 + (1 - w) * profile r lam2) with (X / r + Y / (1 - r)) by (unfold profile, X, Y, x1, x2, y1, y2; field; lra).
      rewrite EX, EY. assert (Q : s ^ 2 * V ^ 2 / r + (1 - s) ^ 2 * V ^ 2 / (1 - r) - V ^ 2 = V ^ 2 * (s - r) ^ 2 / (r * (1 - r))) by (field; lra).
      assert (0 <= V ^ 2 * (s - r) ^ 2 / (r * (1 - r))).
      { apply Rmult_le_pos; [apply Rmult_le_pos; apply pow2_ge_0 | left; apply Rinv_0_lt_compat; nra]. } lra. }
    destruct (Rle_or_lt (V ^ 2) (profile r lam1)); [exists lam1; now split|]. exists lam2. split; [assumption|].
    destruct (Rle_or_lt (V ^ 2) (profile r lam2)); [assumption|exfalso].
    set (p := profile r lam1) in *. set (q := profile r lam2) in *. set (z := V ^ 2) in *.
    assert (0 <= w * (z - p)) by (apply Rmult_le_pos; lra). assert (0 <= (1 - w) * (z - q)) by (apply Rmult_le_pos; lra).
    destruct (Req_dec w 0) as [->|N]; [lra|]. assert (0 < w * (z - p)) by (apply Rmult_lt_0_compat; lra). lra.
  - intros problem. apply (upper_side s); auto using pow2_ge_0.
  - exists lam1, lam2, (a * sqrt w * x1 / (s * V)), (a * sqrt (1 - w) * x2 / (s * V)),
      (g * sqrt w * y1 / ((1 - s) * V)), (g * sqrt (1 - w) * y2 / ((1 - s) * V)).
    pose proof (sqrt_sqrt w ltac:(lra)) as R1. pose proof (sqrt_sqrt (1 - w) ltac:(lra)) as R2.
    set (r1 := sqrt w) in *. set (r2 := sqrt (1 - w)) in *. cbv zeta. split; [split; [|split]|].
    + intros lam e d [H|[H|[]]]; injection H as <- _ _; assumption.
    + cbn [sum]. right. replace ((a * r1 * x1 / (s * V)) ^ 2 + ((a * r2 * x2 / (s * V)) ^ 2 + 0)) with
        (a ^ 2 * (r1 * r1 * x1 ^ 2 + r2 * r2 * x2 ^ 2) / (s ^ 2 * V ^ 2)) by (field; lra).
      rewrite R1, R2. fold X. rewrite EX. field. lra.
    + cbn [sum]. right. replace ((g * r1 * y1 / ((1 - s) * V)) ^ 2 + ((g * r2 * y2 / ((1 - s) * V)) ^ 2 + 0)) with
        (g ^ 2 * (r1 * r1 * y1 ^ 2 + r2 * r2 * y2 ^ 2) / ((1 - s) ^ 2 * V ^ 2)) by (field; lra).
      rewrite R1, R2. fold Y. rewrite EY. field. lra.
    + unfold error. cbn [sum].
      replace (A lam1 * (a * r1 * x1 / (s * V)) + B lam1 * (g * r1 * y1 / ((1 - s) * V))) with
        (r1 * ((x1 ^ 2 * (1 - s) + y1 ^ 2 * s) / (s * (1 - s) * V))) by (unfold x1, y1; field; lra).
      replace (A lam2 * (a * r2 * x2 / (s * V)) + B lam2 * (g * r2 * y2 / ((1 - s) * V))) with
        (r2 * ((x2 ^ 2 * (1 - s) + y2 ^ 2 * s) / (s * (1 - s) * V))) by (unfold x2, y2; field; lra).
      rewrite Eh. fold h. rewrite <- V2h.
      replace (V ^ 2 * (s * (1 - s)) / (s * (1 - s) * V)) with V by (field; lra).
      replace ((r1 * V) ^ 2 + ((r2 * V) ^ 2 + 0)) with ((r1 * r1 + r2 * r2) * V ^ 2) by ring. rewrite R1, R2. ring.
Qed.
End Worst.
