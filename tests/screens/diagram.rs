//! Diagrams: what the step took, what is selected, what was wrong; rows opened.

use super::*;

#[test]
fn a_row_is_selected_and_lit() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n n 4 j j");
    check("row-selected", &mut model, &SIZES);
}
