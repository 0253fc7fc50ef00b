(** The master identity: what differentiating t steps gets wrong is P_t(H)E + P_t'(H)D.
    Operators are any ring A, vectors any module over it, d/dtheta a derivation of both; H, b, x_0 and x*
    depend on theta as they like, the coefficients of the method do not, and H commutes with dH, which
    is used for P_t' alone.  Derivation: master_identity. *)
From mathcomp Require Import all_ssreflect all_algebra.
Require Import StateSpace.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Derivation.
Variables (A : ringType) (V : lmodType A).
Variables (delta : {additive A -> A}) (nabla : {additive V -> V}).
Hypothesis deltaM : forall a c, delta (a * c) = delta a * c + a * delta c.
Hypothesis nablaZ : forall a v, nabla (a *: v) = delta a *: v + a *: nabla v.

(** A coefficient of a method does not depend on theta, and commutes with operators. *)
Definition constant (c : A) := delta c = 0 /\ central c.

Variables (d : nat) (method : nat -> step A d).
Hypothesis affine : forall t, sums_to_one (method t).
Hypothesis constant_query : forall t i, constant (query (method t) i).
Hypothesis constant_mixing : forall t i j, constant (mixing (method t) i j).
Hypothesis constant_gain : forall t i, constant (gain (method t) i).
Hypothesis constant_output : forall t i, constant (output (method t) i).

(** delta p(h) = p'(h) delta h for constant coefficients: here commutation enters. *)
Lemma delta_horner h (p : {poly A}) : (forall i, delta p`_i = 0) -> h * delta h = delta h * h ->
  delta p.[h] = p^`().[h] * delta h.
Proof.
move=> + hd; elim/poly_ind: p => [|p c IH] cp; first by rewrite deriv0 !horner0 raddf0 mul0r.
have cq i : delta p`_i = 0 by have := cp i.+1; rewrite coefD coefMX coefC /= addr0.
have cc : delta c = 0 by have := cp 0%N; rewrite coefD coefMX coefC /= add0r.
rewrite derivMXaddC hornerMXaddC raddfD cc addr0 deltaM IH // hornerD hornerMX mulrDl addrC.
by congr (_ + _); rewrite -!mulrA hd.
Qed.

Lemma constant_coefficient t i k : constant (residual_state method t i)`_k.
Proof.
have c0 : constant 0 by split; [exact: raddf0 | move=> a; rewrite mul0r mulr0].
have cD a c : constant a -> constant c -> constant (a + c).
  by case=> da ca [dc cc]; split=> [|y]; [rewrite raddfD da dc addr0 | rewrite mulrDl mulrDr ca cc].
have cN a : constant a -> constant (- a).
  by case=> da ca; split=> [|y]; [rewrite raddfN da oppr0 | rewrite mulNr mulrN ca].
have cM a c : constant a -> constant c -> constant (a * c).
  case=> da ca [dc cc]; split=> [|y]; first by rewrite deltaM da dc mul0r mulr0 addr0.
  by rewrite -mulrA cc mulrA ca -mulrA.
have c1 : constant 1.
  split=> [|y]; last by rewrite mul1r mulr1.
  by have := deltaM 1 1; rewrite !mulr1 mul1r => E; apply: (addrI (delta 1)); rewrite addr0 -E.
elim: t i k => [|t IH] i k; first by rewrite coef1; case: eqP.
have sum c k' : (forall j, constant (c j)) -> constant (\sum_j c j *: residual_state method t j)`_k'.
  by move=> cc; rewrite coef_sum; elim/big_ind: _ => // j _; rewrite coefZ; apply: cM (IH _ _).
rewrite /residual_state /= coefD coefN coefZ coefMX; apply: cD; first exact: sum.
by apply: cN; apply: cM => //; case: eqP => // _; apply: sum.
Qed.

Variables (h : A) (b x0 xs : V).
Hypothesis optimal : h *: xs + b = 0.
Notation x := (iterate (gradient h b) method x0).
Notation P := (residual method).
Notation E := (nabla x0 - nabla xs).
Notation D := (delta h *: (x0 - xs)).

(** Statement: \partial x_{t} - \partial x_{\star} = P_{t}(H) E + P_{t}'(H) D = \left(P_{t} - \lambda P_{t}'\right)(H) E + P_{t}'(H) G, \quad D = \partial H \left(x_{0} - x_{\star}\right), \quad G = D + H E *)
Theorem master_identity t : h * delta h = delta h * h ->
  nabla (x t) - nabla xs = (P t).[h] *: E + (P t)^`().[h] *: D /\
  nabla (x t) - nabla xs
    = (P t - (P t)^`() * 'X).[h] *: E + (P t)^`().[h] *: (D + h *: E).
Proof.
move=> hd; set e := _ - _.
have one : e = (P t).[h] *: E + (P t)^`().[h] *: D.
  have cP k : delta (P t)`_k = 0.
    rewrite /residual /iterate coef_sum raddf_sum big1 // => i _; rewrite coefZ deltaM.
    by have [-> _] := constant_output t i; have [-> _] := constant_coefficient t i k; rewrite mul0r mulr0 addr0.
  have run : x t - xs = (P t).[h] *: (x0 - xs).
    apply: iterate_is_residual => // [s i | s i j | s i].
    - by case: (constant_query s i).
    - by case: (constant_mixing s i j).
    - by case: (constant_gain s i).
  by rewrite /e -!raddfB run nablaZ delta_horner // addrC scalerA.
split=> //; move: one; move: (nabla x0 - nabla xs) (delta h *: (x0 - xs)) => u v ->.
by rewrite hornerD hornerN hornerMX scalerBl scalerDr scalerA addrACA addNr addr0.
Qed.
End Derivation.
