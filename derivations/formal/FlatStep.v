(** The flat step: |phi_t| <= 1 on [0, h L] for every t if and only if h L <= sqrt 2.
    Derivation: flat_step. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus EndPoints GradientDescentInitial.
Open Scope R_scope.

Lemma root_two : 1 < sqrt 2 /\ sqrt 2 * sqrt 2 = 2.
Proof.
  pose proof (sqrt_sqrt 2 ltac:(lra)). pose proof (sqrt_pos 2). split; [nra | assumption].
Qed.

Lemma phi_below_one n u : 0 <= u -> u ^ 2 <= 2 -> Rabs (phi n u) <= 1.
Proof.
  intros Hu Hu2. destruct (Rle_or_lt u 1) as [H|H].
  - rewrite Rabs_right by (apply Rle_ge, phi_positive; lra).
    replace 1 with (phi n 0). { apply phi_falls; lra. }
    unfold phi. rewrite Rminus_0_r, pow1. ring.
  - rewrite phi_beyond by lra. induction n; [simpl; lra|].
    eapply Rle_trans; [|exact IHn]. rewrite S_INR. simpl pow.
    pose proof (pos_INR n). pose proof (pow_le (u - 1) n ltac:(lra)). assert (u <= 2) by nra.
    set (k := INR n) in *. set (p := (u - 1) ^ n) in *.
    assert (0 <= k * u * (2 - u)) by (apply Rmult_le_pos; [apply Rmult_le_pos|]; lra).
    assert ((u - 1) * (u * (k + 1) + 1) <= u * k + 1) by nra.
    replace ((u - 1) * p * (u * (k + 1) + 1)) with (p * ((u - 1) * (u * (k + 1) + 1))) by ring.
    apply Rmult_le_compat_l; assumption.
Qed.

(** At u = sqrt 2 the modulus falls with t, from 1 at t = 1. *)
Lemma falls_at_root_two t : (1 <= t)%nat ->
  (- 1 + sqrt 2) ^ (t - 1) * (sqrt 2 * (INR t - 1) + 1) <= 1.
Proof.
  intros Ht. destruct root_two as [H1 H2].
  pose proof (phi_below_one (t - 1) (sqrt 2) ltac:(lra) ltac:(simpl; lra)) as B.
  rewrite phi_beyond, minus_INR in B by (lra || lia). simpl (INR 1) in B.
  now replace (-1 + sqrt 2) with (sqrt 2 - 1) by ring.
Qed.

Theorem flat_step :
  (forall (t : nat) (h : R), (1 <= t)%nat -> 0 < h -> exists d1 : R -> R, (forall (lam : R),
   derivable_pt_lim (fun lam => (- h * lam + 1) ^ t) lam (d1 lam)) /\ (forall (lam : R), - lam *
   (d1 lam) + (- h * lam + 1) ^ t = ((- h * lam + 1) ^ (t - 1)%nat) * (h * lam * (INR t - 1) +
   1))) /\
  (forall (t : nat), (2 <= t)%nat -> max_abs (fun u => ((1 - u) ^ (t - 1)%nat) * (u * (INR t -
   1) + 1)) 0 (sqrt 2) (Rmax (((- 1 + sqrt 2) ^ (t - 1)%nat) * (Rabs ((sqrt 2) * (INR t - 1) +
   1))) 1)) /\
  (forall (t : nat), (1 <= t)%nat -> ((- 1 + sqrt 2) ^ (t - 1)%nat) * ((sqrt 2) * (INR t - 1) +
   1) <= 1) /\
  (forall (u : R), sqrt 2 <= u -> - ((1 - u) * (u + 1)) >= 1).
Proof.
  destruct root_two as [H1 H2]. split; [|split; [|split]].
  - intros t h Ht _. eexists. split; [intros lam; now apply power_derivative|].
    intros lam. now apply initial_is_phi.
  - intros t Ht.
    assert (P0 : phi (t - 1) 0 = 1) by (unfold phi; rewrite Rminus_0_r, pow1; ring).
    apply (max_abs_ext (phi (t - 1)) _ 0 (sqrt 2) 1); [intros u; apply phi_of_t; lia | |].
    + rewrite Rmax_right; [reflexivity|]. rewrite Rabs_right; [apply falls_at_root_two; lia|].
      apply le_INR in Ht. simpl in Ht. nra.
    + split; [|exists 0; rewrite P0, Rabs_R1; lra]. intros u Hu. apply phi_below_one; [lra|]. simpl. nra.
  - apply falls_at_root_two.
  - intros u Hu. nra.
Qed.

(** Together: no burn-in at any t, exactly up to sqrt 2. *)
Corollary flat_exactly_up_to_root_two c :
  (forall t, (1 <= t)%nat -> forall u, 0 <= u <= c -> Rabs (phi (t - 1) u) <= 1) <-> c <= sqrt 2.
Proof.
  destruct root_two as [H1 H2]. split.
  - intros H. destruct (Rle_or_lt c (sqrt 2)) as [|Hc]; [assumption|exfalso].
    specialize (H 2%nat ltac:(lia) c ltac:(lra)). unfold phi in H. simpl in H.
    set (v := (1 - c) * 1 * (c * 1 + 1)) in H.
    pose proof (Rle_abs (- v)) as B. rewrite Rabs_Ropp in B. unfold v in *. nra.
  - intros Hc t _ u Hu. apply phi_below_one; [lra|]. simpl. nra.
Qed.
