(** The single maximum of |A| + |B| is no bound: 4/5 on an example whose worst case is 1.
    Derivation: counterexample. *)
Require Import Reals Lra.
Open Scope R_scope.

Theorem counterexample :
  ((fun lam => - (3 * (lam ^ 4)) / 4 + (33 * (lam ^ 3)) / 10 - (79 * (lam ^ 2)) / 20 + lam + 1)
   0 = 1) /\
  ((fun lam => (9 * (lam ^ 4)) / 4 - (33 * (lam ^ 3)) / 5 + (79 * (lam ^ 2)) / 20 + 1) 1 = 3 /
   5) /\
  ((fun lam => - 3 * (lam ^ 3) + (99 * (lam ^ 2)) / 10 - (79 * lam) / 10 + 1) 1 = 0) /\
  ((fun lam => (9 * (lam ^ 4)) / 4 - (33 * (lam ^ 3)) / 5 + (79 * (lam ^ 2)) / 20 + 1) 2 = 0) /\
  ((fun lam => - 3 * (lam ^ 3) + (99 * (lam ^ 2)) / 10 - (79 * lam) / 10 + 1) 2 = 4 / 5) /\
  (Rmax (3 / 5) (4 / 5) = 4 / 5) /\
  ((3 / 5) ^ 2 + (4 / 5) ^ 2 = 1) /\
  (Rmax ((16 / 25) * (25 / 16)) ((9 / 25) * (25 / 9)) = 1).
Proof.
  repeat split; cbn beta; try field; try lra; unfold Rmax; destruct (Rle_dec _ _); lra.
Qed.
