(** The smallest tight worst case V* of a polynomial of degree <= t that is 1 at 0, and what it means
    to lie between two numbers.  A = P - lam P' (initial/cross) or A = P (residual/drift), B = P';
    sizes a, g; V* is the infimum over P and 0 < s < 1 of the maximum over the support of
    sqrt(a^2 A^2/s + g^2 B^2/(1 - s)). *)
Require Import Reals Lra Lia ZArith List.
Import ListNotations.
Open Scope R_scope.

(** Polynomials as lists of coefficients, and their derivatives. *)
Fixpoint eval (p : list R) (x : R) : R := match p with [] => 0 | c :: p => c + x * eval p x end.
Fixpoint slope (p : list R) (x : R) : R :=
  match p with [] => 0 | c :: p => eval p x + x * slope p x end.

Lemma slope_is_derivative p x : derivable_pt_lim (eval p) x (slope p x).
Proof.
  induction p as [|c p IH]; [apply derivable_pt_lim_const|].
  replace (slope (c :: p) x) with (0 + (1 * eval p x + x * slope p x)) by (simpl; ring).
  apply (derivable_pt_lim_plus (fun _ => c) (fun x => x * eval p x)); [apply derivable_pt_lim_const|].
  apply (derivable_pt_lim_mult (fun x => x) (eval p)); [apply derivable_pt_lim_id | exact IH].
Qed.

Inductive form := initial_cross | residual_drift.

Definition first_part (f : form) (p : list R) (x : R) : R :=
  match f with initial_cross => eval p x - x * slope p x | residual_drift => eval p x end.

(** A union of intervals [lo/D, hi/D]; a point has lo = hi. *)
Definition support (D : Z) (pieces : list (Z * Z)) (x : R) : Prop :=
  exists lo hi, In (lo, hi) pieces /\ IZR lo <= IZR D * x <= IZR hi.

(** P has a worst case <= V: some s shows it. *)
Definition worst_case_below (f : form) (S : R -> Prop) (a g : R) (p : list R) (s V : R) : Prop :=
  0 < s < 1 /\ 0 <= V /\
  forall x, S x -> (a * first_part f p x) ^ 2 / s + (g * slope p x) ^ 2 / (1 - s) <= V ^ 2.

Definition attainable (f : form) (S : R -> Prop) (a g : R) (t : nat) (V : R) : Prop :=
  exists p s, (length p <= t + 1)%nat /\ eval p 0 = 1 /\ worst_case_below f S a g p s V.

(** V is the greatest lower bound of what is attainable. *)
Definition smallest_worst_case (f : form) (S : R -> Prop) (a g : R) (t : nat) (V : R) : Prop :=
  (forall W, attainable f S a g t W -> V <= W) /\
  forall v, (forall W, attainable f S a g t W -> v <= W) -> v <= V.

Theorem between f S a g t lower upper : attainable f S a g t upper ->
  (forall W, attainable f S a g t W -> lower <= W) ->
  exists V, smallest_worst_case f S a g t V /\ lower <= V <= upper.
Proof.
  intros Hu Hl. destruct (completeness (fun v => forall W, attainable f S a g t W -> v <= W)) as [V [H1 H2]].
  - exists upper. intros v Hv. now apply Hv.
  - now exists lower.
  - exists V. split; [split|split].
    + intros W HW. apply H2. intros v Hv. now apply Hv.
    + intros v Hv. now apply H1.
    + now apply H1.
    + apply H2. intros v Hv. now apply Hv.
Qed.
