(** Without commutation: in the eigenbasis of H the (i, j) entry of dH is multiplied by the divided
    difference P[x_i, x_j], which is P'(x_i) on the diagonal (Daletskii and Krein). *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section DividedDifference.
Variable R : comRingType.

Fixpoint difference (s : seq R) (x y : R) : R :=
  if s is _ :: s' then difference s' x y * y + (Poly s').[x] else 0.

Theorem divided_difference (p : {poly R}) x y : (x - y) * difference p x y = p.[x] - p.[y].
Proof.
rewrite -[in RHS](polyseqK p); elim: (polyseq p) => [|c s IH] /=; first by rewrite mulr0 !horner0 subrr.
rewrite !horner_cons mulrDr mulrA IH opprD addrACA subrr addr0 !mulrBl.
by rewrite [y * _]mulrC [x * _]mulrC addrC addrA subrK.
Qed.

Theorem difference_is_derivative (p : {poly R}) x : difference p x x = p^`().[x].
Proof.
rewrite -[in RHS](polyseqK p); elim: (polyseq p) => [|c s IH] /=; first by rewrite deriv0 horner0.
by rewrite cons_poly_def derivMXaddC hornerD hornerMX IH addrC.
Qed.
End DividedDifference.

Section Eigenbasis.
Variables (R : comRingType) (n : nat) (delta : {additive 'M[R]_n.+1 -> 'M[R]_n.+1}).
Hypothesis deltaM : forall A B, delta (A *m B) = delta A *m B + A *m delta B.
Variables (x : 'rV[R]_n.+1).
Let h := diag_mx x.

Lemma horner_diag s i j : horner_mx h (Poly s) i j = if i == j then (Poly s).[x 0 i] else 0.
Proof.
elim: s i j => [|c s IH] i j /=; first by rewrite rmorph0 mxE horner0 if_same.
rewrite cons_poly_def rmorphD rmorphM /= horner_mx_X horner_mx_C hornerMXaddC !mxE.
rewrite (bigD1 j) //= big1 ?addr0; last by move=> k kj; rewrite !mxE (negbTE kj) mulr0n mulr0.
by rewrite IH !mxE eqxx mulr1n; case: eqP => [->|_]; rewrite ?mulr1n // mul0r mulr0n addr0.
Qed.

Lemma delta_of_list s : (forall c, c \in s -> delta c%:M = 0) ->
  forall i j, delta (horner_mx h (Poly s)) i j = difference s (x 0 i) (x 0 j) * delta h i j.
Proof.
elim: s => [|c s IH] cs i j /=; first by rewrite rmorph0 raddf0 mxE mul0r.
rewrite cons_poly_def rmorphD rmorphM /= horner_mx_X horner_mx_C raddfD deltaM.
rewrite cs ?inE ?eqxx // addr0 !mxE.
rewrite (bigD1 j) //= big1 ?addr0; last by move=> k kj; rewrite !mxE (negbTE kj) mulr0n mulr0.
rewrite [X in _ + X](bigD1 i) //= big1 ?addr0; last first.
  by move=> k ki; rewrite horner_diag eq_sym (negbTE ki) mul0r.
rewrite IH; last by move=> a ha; apply: cs; rewrite inE ha orbT.
by rewrite horner_diag eqxx !mxE eqxx mulr1n mulrDl mulrAC.
Qed.

Theorem daletskii_krein (p : {poly R}) : (forall k, delta (p`_k)%:M = 0) ->
  forall i j, delta (horner_mx h p) i j = difference p (x 0 i) (x 0 j) * delta h i j.
Proof.
move=> cp i j; rewrite -{1}[p]polyseqK delta_of_list // => c /(nthP 0) [k _ <-]; exact: cp.
Qed.
End Eigenbasis.
