(** Linear first-order methods in state-space form and their residual polynomials: P_t(0) = 1,
    deg P_t <= t, and x_t - x* = P_t(H)(x_0 - x* ) on quadratics.  With M, q, g, o a step is
    s+ = M s - g grad(q . s), the iterate o . s; q, o and the rows of M sum to one. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Section Method.
Variable R : ringType.

Record step (d : nat) := Step {
  query : 'I_d -> R; mixing : 'I_d -> 'I_d -> R; gain : 'I_d -> R; output : 'I_d -> R }.

Definition sums_to_one d (s : step d) :=
  [/\ \sum_i query s i = 1, forall i, \sum_j mixing s i j = 1 & \sum_i output s i = 1].

(** A run, on any left module and with any gradient. *)
Section Run.
Variables (V : lmodType R) (grad : V -> V) (d : nat) (method : nat -> step d) (x0 : V).

Fixpoint state t : 'I_d -> V :=
  if t is t'.+1 then
    fun i => \sum_j mixing (method t') i j *: state t' j
             - gain (method t') i *: grad (\sum_j query (method t') j *: state t' j)
  else fun=> x0.

Definition iterate t : V := \sum_i output (method t) i *: state t i.
End Run.

(** The residual polynomials are the run from 1 on polynomials, where the gradient multiplies by 'X. *)
Section Residual.
Variables (d : nat) (method : nat -> step d).
Hypothesis affine : forall t, sums_to_one (method t).

Definition residual_state := state (V := [lmodType R of {poly R}]) (fun p => p * 'X) method 1.
Definition residual := iterate (V := [lmodType R of {poly R}]) (fun p => p * 'X) method 1.

Lemma residual_state_at_0 t i : (residual_state t i).[0] = 1.
Proof.
elim: t i => [|t IH] i; first by rewrite hornerC.
have [_ rows _] := affine t; rewrite /residual_state /=.
rewrite hornerD hornerN hornerZ hornerMX !mulr0 subr0 horner_sum -[RHS](rows i).
by apply: eq_bigr => j _; rewrite hornerZ [X in _ * X]IH mulr1.
Qed.

Lemma residual_state_size t i : (size (residual_state t i) <= t.+1)%N.
Proof.
elim: t i => [|t IH] i; first by rewrite size_poly1.
have sum c : (size (\sum_j c j *: residual_state t j)%R <= t.+1)%N.
  apply: (leq_trans (size_sum _ _ _)); apply/bigmax_leqP => j _.
  exact: leq_trans (size_scale_leq _ _) (IH j).
rewrite /residual_state /=; apply: (leq_trans (size_add _ _)); rewrite size_opp geq_max leqW ?sum //=.
apply: (leq_trans (size_scale_leq _ _)); apply: (leq_trans (size_mul_leq _ _)).
by rewrite size_polyX addn2 /= ltnS; apply: sum.
Qed.

(** P_t(0) = 1 *)
Theorem residual_at_0 t : (residual t).[0] = 1.
Proof.
have [_ _ out] := affine t; rewrite /residual /iterate horner_sum -[RHS]out.
by apply: eq_bigr => i _; rewrite hornerZ [X in _ * X]residual_state_at_0 mulr1.
Qed.

(** deg P_t <= t *)
Theorem residual_size t : (size (residual t) <= t.+1)%N.
Proof.
rewrite /residual /iterate; apply: (leq_trans (size_sum _ _ _)); apply/bigmax_leqP => i _.
exact: leq_trans (size_scale_leq _ _) (residual_state_size t i).
Qed.
End Residual.
End Method.

(** On the quadratic with Hessian h and gradient h v + b; the coefficients of the method commute with h. *)
Section Quadratic.
Variables (A : ringType) (V : lmodType A) (d : nat) (method : nat -> step A d).
Hypothesis affine : forall t, sums_to_one (method t).
Variables (h : A) (b x0 xs : V).
Definition central (c : A) := forall a, c * a = a * c.
Hypothesis central_query : forall t i, central (query (method t) i).
Hypothesis central_mixing : forall t i j, central (mixing (method t) i j).
Hypothesis central_gain : forall t i, central (gain (method t) i).
Hypothesis optimal : h *: xs + b = 0.

Definition gradient v := h *: v + b.
Let P t i := residual_state method t i.

Lemma gradient_from_optimum v : gradient v = h *: (v - xs).
Proof. by rewrite /gradient scalerBr -[b](addKr (h *: xs)) optimal addr0. Qed.

Lemma sum_from (c : 'I_d -> A) (v : 'I_d -> V) : \sum_i c i = 1 ->
  \sum_i c i *: v i - xs = \sum_i c i *: (v i - xs).
Proof.
move=> one; under [RHS]eq_bigr do rewrite scalerBr.
by rewrite big_split /= sumrN -scaler_suml one scale1r.
Qed.

Lemma comm_central c p a : central c -> GRing.comm a p -> GRing.comm a (c * p).
Proof. by move=> cc ap; rewrite /GRing.comm mulrA -cc -!mulrA ap. Qed.

Lemma comm_residual a : GRing.comm a h -> forall t i, GRing.comm a (P t i).[h].
Proof.
move=> ah; elim=> [|t IH] i; first by rewrite hornerC; apply: commr1.
have sum c : (forall j, central (c j)) -> GRing.comm a (\sum_j c j *: residual_state method t j).[h].
  by move=> cc; rewrite horner_sum; apply: commr_sum => j _; rewrite hornerZ; apply: comm_central.
rewrite /P /residual_state /= hornerD hornerN hornerZ hornerMX; apply: commrB; first exact: sum.
by apply: comm_central => //; apply: commrM => //; apply: sum.
Qed.

Lemma state_is_residual t i : state gradient method x0 t i - xs = (P t i).[h] *: (x0 - xs).
Proof.
elim: t i => [|t IH] i; first by rewrite hornerC scale1r.
have [q m _] := affine t.
have sum c : \sum_j c j = 1 -> \sum_j c j *: state gradient method x0 t j - xs
    = (\sum_j c j *: residual_state method t j).[h] *: (x0 - xs).
  move=> one; rewrite sum_from // horner_sum scaler_suml.
  by apply: eq_bigr => j _; rewrite IH hornerZ scalerA.
rewrite /P /residual_state /= addrAC (sum _ (m i)) gradient_from_optimum (sum _ q).
rewrite hornerD hornerN hornerZ hornerMX scalerBl; congr (_ - _).
rewrite !scalerA; congr (_ *: _); rewrite -!mulrA; congr (_ * _); rewrite horner_sum.
by apply: commr_sum => j _; rewrite hornerZ; apply: comm_central => //; apply: comm_residual.
Qed.

(** x_t - x* = P_t(H)(x_0 - x* ) *)
Theorem iterate_is_residual t :
  iterate gradient method x0 t - xs = (residual method t).[h] *: (x0 - xs).
Proof.
have [_ _ out] := affine t.
rewrite /iterate sum_from // /residual /iterate horner_sum scaler_suml.
by apply: eq_bigr => j _; rewrite [X in _ *: X]state_is_residual hornerZ scalerA.
Qed.
End Quadratic.
