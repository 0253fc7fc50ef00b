(** The lower bound: min over P, P(0) = 1, deg P <= t, of max |P| on [ell, L] is 1/T_t(c),
    c = (L + ell)/(L - ell).  Derivation: lower_bound_proof. *)
Require Import Reals Lra Lia.
Require Import Statements Calculus ChebyshevFacts Alternation.
Open Scope R_scope.

(** x = (L + ell - 2 lam)/(L - ell) maps [ell, L] onto [-1, 1] and 0 to c. *)
Lemma place_affine L ell lam : L - ell <> 0 ->
  (L + ell - 2 * lam) / (L - ell) = - (2 * lam) / (L - ell) + (L + ell) / (L - ell).
Proof. intros. field. assumption. Qed.

(** T_t is a list of coefficients. *)
Definition polynomial (n : nat) (f : R -> R) : Prop := exists a, forall x, f x = peval a n x.

Lemma polynomial_up n f : polynomial n f -> polynomial (S n) f.
Proof.
  intros [a H]. exists (fun k => if (k <=? n)%nat then a k else 0). intros x. rewrite H. unfold peval.
  cbn [sum_f_R0]. replace (S n <=? n)%nat with false by (symmetry; apply Nat.leb_gt; lia).
  rewrite Rmult_0_l, Rplus_0_r. apply sum_eq. intros i Hi. now apply Nat.leb_le in Hi as ->.
Qed.

Lemma polynomial_sum n p q f g : polynomial n f -> polynomial n g ->
  polynomial n (fun x => p * f x + q * g x).
Proof.
  intros [a Ha] [b Hb]. exists (fun k => p * a k + q * b k). intros x. rewrite Ha, Hb. unfold peval.
  rewrite !scal_sum, <- sum_plus. apply sum_eq. intros. ring.
Qed.

Lemma polynomial_times n f : polynomial n f -> polynomial (S n) (fun x => x * f x).
Proof.
  intros [a H]. exists (fun k => match k with O => 0 | S k => a k end). intros x. rewrite H.
  unfold peval. rewrite (decomp_sum _ (S n)) by lia. simpl pred. rewrite Rmult_0_l, Rplus_0_l, scal_sum.
  apply sum_eq. intros. simpl. ring.
Qed.

Lemma polynomial_T n : polynomial n (T n).
Proof.
  revert n. apply two_step.
  - exists (fun _ => 1). intros x. unfold peval. simpl. rewrite T_0. ring.
  - exists (fun k => INR k). intros x. unfold peval. simpl. rewrite T_1. ring.
  - intros n H0 H1. apply polynomial_times in H1. do 2 apply polynomial_up in H0.
    destruct (polynomial_sum _ 2 (-1) _ _ H1 H0) as [a Ha]. exists a. intros x. rewrite <- Ha, T_rec. ring.
Qed.

Lemma least t c : 1 <= c -> least_maximum t c (/ T t c).
Proof.
  intros Hc. destruct (T_grows t c Hc) as [HT _]. split.
  - destruct (polynomial_sum t (/ T t c) 0 _ _ (polynomial_T t) (polynomial_T t)) as [a Ha].
    exists a. split; [rewrite <- Ha; field; lra|].
    apply (max_abs_ext (fun x => / T t c * T t x) _ (-1) 1 (/ T t c) (/ T t c)).
    + intros x. rewrite <- Ha. ring.
    + reflexivity.
    + apply max_at_one; [rewrite T_at_1; ring|]. intros x Hx. rewrite <- (Rmult_1_r (/ T t c)) at 2.
      apply b_mult; [apply b_self; left; apply Rinv_0_lt_compat; lra | now apply T_largest].
  - intros a w H1 [Hw _]. apply (chebyshev_is_least t c (peval a t)); auto using degree_le_peval.
Qed.

(** c = (xi + 1/xi)/2 with xi = (1 - sqrt kappa)/(1 + sqrt kappa) *)
Lemma place_of_xi kappa : 0 <= kappa -> 2 - 2 * sqrt kappa <> 0 -> 1 - kappa <> 0 ->
  (1 - sqrt kappa) / (2 * sqrt kappa + 2) + (sqrt kappa + 1) / (2 - 2 * sqrt kappa)
  = (kappa + 1) / (1 - kappa).
Proof.
  intros Hk H1 H2. pose proof (sqrt_pos kappa). pose proof (sqrt_sqrt kappa Hk) as E.
  set (r := sqrt kappa) in *. rewrite <- E in *. field. repeat split; nra.
Qed.

Theorem lower_bound_proof :
  (forall (L ell lam : R), 0 < L -> 0 <= ell -> L - ell <> 0 -> (L + ell - 2 * lam) / (L - ell)
   = - (2 * lam) / (L - ell) + (L + ell) / (L - ell)) /\
  (forall (t : nat) (c : R), 1 <= c -> least_maximum t c (/ (T t c))) /\
  (forall (t : nat) (xi : R), 0 < xi -> T t (xi / 2 + 1 / (2 * xi)) = (xi ^ t) / 2 + 1 / (2 *
   (xi ^ t))) /\
  (forall (kappa : R), 0 <= kappa -> 2 - 2 * (sqrt kappa) <> 0 -> 1 - kappa <> 0 -> (1 - sqrt
   kappa) / (2 * (sqrt kappa) + 2) + (sqrt kappa + 1) / (2 - 2 * (sqrt kappa)) = (kappa + 1) /
   (1 - kappa)).
Proof.
  split; [|split; [|split]].
  - intros. now apply place_affine.
  - apply least.
  - apply T_xi.
  - apply place_of_xi.
Qed.

(** In lam: no method's error falls below 1/T_t(c) times its start, c = (L + ell)/(L - ell). *)
Corollary no_method_beats_chebyshev L ell t a M : 0 < ell < L -> peval a t 0 = 1 ->
  (forall lam, ell <= lam <= L -> Rabs (peval a t lam) <= M) -> / T t ((L + ell) / (L - ell)) <= M.
Proof.
  intros Hl H0 HM. set (q := fun x => - ((L - ell) / 2) * x + (L + ell) / 2).
  apply (chebyshev_is_least t _ (fun x => peval a t (q x))).
  - apply Rmult_le_reg_r with (L - ell); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
  - apply degree_le_affine, degree_le_peval.
  - rewrite <- H0. f_equal. unfold q. field. lra.
  - intros x Hx. apply HM. unfold q. nra.
Qed.
