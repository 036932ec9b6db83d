//! How the panes stand, and that looking survives any size.

use super::*;

/// The held NegTokenInit, a field of it selected.
fn looked_at() -> Model {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n 3 j j j j");
    model
}

#[test]
fn each_size_has_a_layout_that_suits_it() {
    check("auto", &mut looked_at(), &[(60, 15), (100, 50), (150, 30)]);
}

#[test]
fn panes_are_arranged_by_keys() {
    let mut model = looked_at();
    text(&mut model, SIZES[1]);
    press(&mut model, "- -");
    check("beside", &mut model, &SIZES[1..2]);
    press(&mut model, "- - { > > > + +");
    check("columns-changed", &mut model, &SIZES[1..2]);
    press(&mut model, "z");
    assert!(text(&mut model, SIZES[1]).contains("[3 Tree]"));
    press(&mut model, "+");
    assert!(text(&mut model, SIZES[1]).contains("one pane has the whole screen"));
    press(&mut model, "z - - - - >");
    assert!(text(&mut model, SIZES[1]).contains("the pane has no border on that side"));
}

#[test]
fn a_layout_without_room_gives_way_and_comes_back() {
    let mut model = looked_at();
    text(&mut model, SIZES[2]);
    press(&mut model, "- - - -");
    let before = text(&mut model, SIZES[1]);
    let small = text(&mut model, SIZES[0]);
    assert!(before.contains("layout: columns") && small.contains("[3 Tree]"), "{small}");
    assert_eq!(text(&mut model, SIZES[1]), before);
}

#[test]
fn selection_and_scroll_survive_a_resize() {
    let mut model = looked_at();
    for keys in ["5 j j", "2 l l", "1 l", "4", "6 k", "?", "Esc :", "Esc T j", "Esc z", "z E"] {
        press(&mut model, keys);
        for size in SIZES {
            let before = text(&mut model, size);
            for other in [(1, 1), (50, 12), (60, 15), (97, 33), (120, 40), (200, 60)] {
                text(&mut model, other);
            }
            assert_eq!(text(&mut model, size), before, "{keys}");
        }
    }
}

#[test]
fn the_pane_that_has_the_keys_is_seen_at_any_size_and_place() {
    for pane in ["1 Raw", "2 Bytes", "3 Tree", "4 State", "5 Why", "6 Exchange"] {
        let mut model = looked_at();
        text(&mut model, SIZES[2]);
        press(&mut model, &pane[..1]);
        for size in [SIZES[0], SIZES[1], (100, 50), (150, 30)] {
            for keys in ["t", "}", "-"] {
                press(&mut model, keys);
                let drawn = text(&mut model, size);
                assert!(drawn.contains(&format!("[{}", &pane[..4])), "{pane} {size:?} {keys}\n{drawn}");
            }
        }
    }
}
