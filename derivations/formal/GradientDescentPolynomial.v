(** The master identity is not vacuous: with polynomials in theta for operators and vectors, and
    gradient descent of step c, whose residual polynomial is (1 - c lam)^t. *)
From mathcomp Require Import all_ssreflect all_algebra.
Require Import StateSpace MasterIdentity.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory.
Local Open Scope ring_scope.

Definition gradient_descent (R : ringType) (c : R) (_ : nat) : step R 1 :=
  Step (fun=> 1) (fun _ _ => 1) (fun=> c) (fun=> 1).

Lemma gradient_descent_affine (R : ringType) (c : R) t : sums_to_one (gradient_descent c t).
Proof. by split=> [|i|]; rewrite big_ord1. Qed.

Theorem gradient_descent_residual_polynomial (R : comRingType) (c : R) t :
  residual (gradient_descent c) t = (1 - c *: 'X) ^+ t.
Proof.
rewrite /residual /iterate big_ord1 scale1r; elim: t => [|t IH] //=.
rewrite !big_ord1 !scale1r IH exprSr mulrBr mulr1; congr (_ - _).
by rewrite -scalerAr.
Qed.

Section Polynomials.
Variable (F : comRingType) (c : F).
Let A := [ringType of {poly F}].
Let V := [lmodType A of A^o].
Let method := gradient_descent (c%:P : A).

Theorem master_identity_of_polynomials (h b x0 xs : {poly F}) t : h * xs + b = 0 ->
  (iterate (V := V) (gradient (V := V) h b) method x0 t - xs)^`()
  = (residual method t).[h] * (x0 - xs)^`() + (residual method t)^`().[h] * (h^`() * (x0 - xs)).
Proof.
move=> opt; rewrite !derivB.
have cc : constant [additive of @deriv F] (c%:P : A) by split=> [|a]; [rewrite /= derivC | rewrite mulrC].
have c1 : constant [additive of @deriv F] (1 : A) by split=> [|a]; [rewrite /= derivC | rewrite mulrC].
have [] := @master_identity A V [additive of @deriv F] [additive of @deriv F] _ _ 1 method
  (@gradient_descent_affine A c%:P) _ _ _ _ h b x0 xs opt t (mulrC _ _) => //= a v; rewrite derivM //.
Qed.
End Polynomials.
