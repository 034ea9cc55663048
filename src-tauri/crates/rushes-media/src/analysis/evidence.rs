//! How likely a stretch is to be a dissolve: a logistic regression over its traits,
//! their squares and their products.
//!
//! The weights are fitted on reels with known transitions, against everything else in
//! them that looked like a dissolve. `make weigh` prints new ones.

/// The traits that separate a dissolve from a lookalike: how different its ends are as
/// scenes, and in how much of the picture; how unevenly it progresses, how much of it
/// no mixture explains, and by how many seconds it is short; how little its middle is
/// like either end, and how much also goes on beside it; how sharp it is for a mixture;
/// how fast the camera moves in it, what block search leaves of its changes, and what
/// moving the whole picture leaves; and how alike its ends are in form.
pub(super) type Traits = [f32; TRAITS];
const TRAITS: usize = 12;

/// The log-odds of a dissolve: above 0 it is more likely one than not.
pub(super) fn evidence(traits: &Traits) -> f32 {
    let term = |at: usize| at.checked_sub(1).map_or(1.0, |at| traits[at]);
    let along = |row: &[f32]| row.iter().enumerate().map(|(at, weight)| weight * term(at)).sum::<f32>();
    WEIGHTS.iter().enumerate().map(|(at, row)| term(at) * along(row)).sum()
}

/// Weights of the products of two terms; term 0 is the constant 1, the others are the
/// traits. Each row holds the products of one term with itself and the terms before it.
const WEIGHTS: [&[f32]; TRAITS + 1] = [
    &[-17.984],
    &[-3.554, 1.662],
    &[10.412, 2.494, -3.362],
    &[-51.719, -0.103, 34.531, -67.663],
    &[-64.920, -4.017, 5.386, -44.399, 24.754],
    &[-53.124, -31.783, -9.003, -104.232, -9.065, -20.287],
    &[4.469, 14.114, 9.215, -44.951, -7.296, -50.174, 2.337],
    &[-3.840, -2.311, -2.405, 12.594, 3.731, 10.934, -4.086, 0.008],
    &[18.731, -3.568, -6.685, 66.676, 29.613, 70.660, -8.077, 4.133, -5.361],
    &[-335.008, -54.183, 37.377, -115.324, 137.019, -98.802, -130.679, 6.980, 240.785, -904.572],
    &[29.065, 5.571, -0.559, 13.277, -2.058, 6.445, 5.094, -2.122, -16.682, 58.564, -6.745],
    &[7.084, -1.037, -5.505, -19.533, 16.117, 4.620, -0.445, 2.934, -7.213, 40.417, -1.434, -1.004],
    &[1.951, 0.812, 2.336, 6.049, -0.577, 4.443, -2.798, -0.399, 1.541, 39.779, -1.933, -0.688, -2.205],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_mixing_of_two_still_scenes_is_a_dissolve_and_a_whip_is_none() {
        let dissolve: Traits = [0.9, 0.7, 0.02, 0.15, 0.0, 0.7, 0.1, 1.0, 0.0, 0.9, 1.0, 0.0];
        let whip: Traits = [0.9, 0.7, 0.06, 0.38, 0.05, 0.9, 1.2, 0.8, 0.03, 0.5, 0.8, 0.0];
        assert!(evidence(&dissolve) > 0.0, "{}", evidence(&dissolve));
        assert!(evidence(&whip) < 0.0, "{}", evidence(&whip));
    }
}
