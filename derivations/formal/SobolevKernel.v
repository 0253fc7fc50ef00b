(** Sobolev-optimal polynomials: the smallest <P, P> = int P^2 dmu + eta int P'^2 dmu under P(0) = 1,
    deg P <= t, is 1/A_t, attained by the kernel polynomial alone; and the conditions that a certificate
    checks are enough for an optimum.  The measure enters by its moments: any linear functional for which
    the squared norms of the orthogonal S_i are positive.  Derivation: kernel_form. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.Theory.
Local Open Scope ring_scope.

Section Kernel.
Variables (R : realFieldType) (moment : {poly R} -> R) (eta : R).
Hypothesis momentD : forall p q, moment (p + q) = moment p + moment q.
Hypothesis momentZ : forall c p, moment (c *: p) = c * moment p.

Definition dot (p q : {poly R}) : R := moment (p * q) + eta * moment (p^`() * q^`()).

Lemma dot_sym p q : dot p q = dot q p.
Proof. by rewrite /dot mulrC (mulrC p^`()). Qed.
Lemma dotD p q r : dot (p + q) r = dot p r + dot q r.
Proof. by rewrite /dot derivD !mulrDl !momentD mulrDr addrACA. Qed.
Lemma dotZ c p r : dot (c *: p) r = c * dot p r.
Proof. by rewrite /dot derivZ -!scalerAl !momentZ mulrDr mulrCA. Qed.
Lemma dot0 r : dot 0 r = 0.
Proof. by rewrite -(scale0r 0) dotZ mul0r. Qed.
Lemma dot_sum n (c : nat -> R) (p : nat -> {poly R}) r :
  dot (\sum_(i < n) c i *: p i) r = \sum_(i < n) c i * dot (p i) r.
Proof.
elim: n => [|n IH]; first by rewrite !big_ord0 dot0.
by rewrite !big_ord_recr /= dotD dotZ IH.
Qed.

Lemma dot_difference p q : dot (p + (-1) *: q) (p + (-1) *: q) = dot p p - dot p q - (dot p q - dot q q).
Proof. by rewrite dotD dotZ !(dot_sym _ (_ + _)) !dotD !dotZ (dot_sym q p) !mulN1r. Qed.

(** The conditions of optimality: <P, q> = v q(0) for all q, and squares that are not negative. *)
Theorem conditions_suffice (t : nat) (P : {poly R}) v : (forall q, 0 <= dot q q) -> P.[0] = 1 ->
  (size P <= t.+1)%N -> (forall q : {poly R}, (size q <= t.+1)%N -> dot P q = v * q.[0]) ->
  dot P P = v /\ forall q : {poly R}, (size q <= t.+1)%N -> q.[0] = 1 -> v <= dot q q.
Proof.
move=> pos P0 sP cond; have PP : dot P P = v by rewrite cond // P0 mulr1.
split=> // q sq q0; have Pq : dot P q = v by rewrite cond // q0 mulr1.
by have := pos (q + (-1) *: P); rewrite dot_difference (dot_sym q P) Pq PP subrr subr0 subr_ge0.
Qed.

Variable S : nat -> {poly R}.
Hypothesis sizeS : forall i, size (S i) = i.+1.
Variable t : nat.
Hypothesis orthogonal : forall i j : 'I_t.+1, i != j -> dot (S i) (S j) = 0.
Hypothesis positive : forall i : 'I_t.+1, 0 < dot (S i) (S i).   (* mu has more than t points *)

(** Every P of degree < n is a sum of S_0, ..., S_(n-1). *)
Lemma expansion n (P : {poly R}) : (size P <= n)%N -> exists c : nat -> R, P = \sum_(i < n) c i *: S i.
Proof.
elim: n P => [|n IH] P sP.
  by exists (fun=> 0); rewrite big_ord0; apply/eqP; rewrite -size_poly_eq0 -leqn0.
have lead : (S n)`_n != 0 by rewrite -[n in _`_n]/(n.+1.-1) -(sizeS n) -lead_coefE lead_coef_eq0 -size_poly_eq0 sizeS.
set a := P`_n / (S n)`_n.
have [|c Ec] := IH (P - a *: S n).
  apply/leq_sizeP => j; rewrite leq_eqVlt => /orP [/eqP <-|nj]; first by rewrite coefB coefZ divfK // subrr.
  by rewrite coefB coefZ !nth_default ?mulr0 ?subr0 ?sizeS // (leq_trans sP).
exists (fun i => if i == n then a else c i); rewrite big_ord_recr /= eqxx.
rewrite -[P](subrK (a *: S n)) Ec; congr (_ + _); apply: eq_bigr => i _.
by rewrite (ltn_eqF (ltn_ord i)).
Qed.

Lemma dot_expansion (c : nat -> R) (i : 'I_t.+1) :
  dot (\sum_(j < t.+1) c j *: S j) (S i) = c i * dot (S i) (S i).
Proof.
rewrite (dot_sum t.+1 c S) (bigD1 i) //= big1 ?addr0 // => j ji.
by rewrite orthogonal ?mulr0.
Qed.

Lemma dot_nonneg (P : {poly R}) : (size P <= t.+1)%N -> 0 <= dot P P.
Proof.
move=> /expansion [c ->]; rewrite (dot_sum t.+1 c S); apply: sumr_ge0 => i _.
by rewrite dot_sym dot_expansion mulrA -expr2 mulr_ge0 ?sqr_ge0 // ltW.
Qed.

Definition weight i := (S i).[0] / dot (S i) (S i).
Definition A := \sum_(i < t.+1) (S i).[0] ^+ 2 / dot (S i) (S i).
Definition optimum := A^-1 *: \sum_(i < t.+1) weight i *: S i.

Lemma A_positive : 0 < A.
Proof.
rewrite /A big_ord_recl; apply: ltr_spaddl; last first.
  by apply: sumr_ge0 => i _; rewrite divr_ge0 ?sqr_ge0 // ltW.
rewrite divr_gt0 ?(positive ord0) // lt_def sqr_ge0 andbT sqrf_eq0.
have /size_poly1P [c c0 ->] : size (S 0) == 1%N by rewrite sizeS.
by rewrite hornerC.
Qed.

(** <P, P*> = P(0)/A_t *)
Lemma reproduces (P : {poly R}) : (size P <= t.+1)%N -> dot P optimum = P.[0] / A.
Proof.
move=> /expansion [c ->]; rewrite dot_sym /optimum dotZ (dot_sum t.+1 weight S) mulrC; congr (_ / _).
rewrite horner_sum; apply: eq_bigr => i _; rewrite dot_sym dot_expansion hornerZ /weight.
by rewrite mulrCA divfK // lt0r_neq0.
Qed.

Lemma optimum_at_0 : optimum.[0] = 1.
Proof.
rewrite /optimum hornerZ horner_sum (_ : \sum_(i < t.+1) _ = A) ?mulVf ?gt_eqF ?A_positive //.
by apply: eq_bigr => i _; rewrite hornerZ /weight mulrAC expr2.
Qed.

Lemma optimum_size : (size optimum <= t.+1)%N.
Proof.
rewrite /optimum; apply: (leq_trans (size_scale_leq _ _)); apply: (leq_trans (size_sum _ _ _)).
by apply/bigmax_leqP => i _; apply: (leq_trans (size_scale_leq _ _)); rewrite sizeS.
Qed.

(** Statement: \min_{P(0) = 1,\ \deg P \le t} \left\|P\right\|_{\eta}^{2} = \frac{1}{A_{t}} P^{\star}_{t} = \frac{1}{A_{t}} \sum_{i=0}^{t} \frac{S_{i}(0)}{\left\|S_{i}\right\|_{\eta}^{2}} S_{i}, \quad A_{t} = \sum_{i=0}^{t} \frac{S_{i}(0)^{2}}{\left\|S_{i}\right\|_{\eta}^{2}} *)
Theorem kernel_form :
  [/\ optimum.[0] = 1, (size optimum <= t.+1)%N, dot optimum optimum = 1 / A
    & forall P : {poly R}, (size P <= t.+1)%N -> P.[0] = 1 ->
        1 / A <= dot P P /\ (dot P P = 1 / A -> P = optimum)].
Proof.
have e0 := optimum_at_0; have es := optimum_size.
have ee : dot optimum optimum = 1 / A by rewrite reproduces // e0.
split=> // P sP P0; set Q := P + (-1) *: optimum.
have sQ : (size Q <= t.+1)%N.
  by apply: (leq_trans (size_add _ _)); rewrite geq_max sP (leq_trans (size_scale_leq _ _)).
have PQ : dot P P = 1 / A + dot Q Q.
  by rewrite /Q dot_difference reproduces // P0 ee subrr subr0 addrC subrK.
split; first by rewrite PQ ler_addl (dot_nonneg sQ).
rewrite PQ => /eqP; rewrite -subr_eq0 addrC addKr => /eqP QQ0.
have [c Ec] := expansion sQ.
have c0 (i : 'I_t.+1) : c i = 0.
  have H : dot Q Q = \sum_(j < t.+1) c j ^+ 2 * dot (S j) (S j).
    rewrite {1}Ec (dot_sum t.+1 c S); apply: eq_bigr => j _.
    by rewrite dot_sym Ec dot_expansion mulrA expr2.
  have nonneg (j : 'I_t.+1) : true -> 0 <= c j ^+ 2 * dot (S j) (S j).
    by move=> _; rewrite mulr_ge0 ?sqr_ge0 // ltW.
  have /eqP := QQ0; rewrite H psumr_eq0 // => /allP /(_ i (mem_index_enum _)) /=.
  by rewrite mulf_eq0 sqrf_eq0 (gt_eqF (positive i)) orbF => /eqP.
have Q0 : Q = 0 by rewrite Ec big1 // => i _; rewrite c0 scale0r.
by apply/eqP; rewrite -subr_eq0 -scaleN1r -/Q Q0.
Qed.
End Kernel.
