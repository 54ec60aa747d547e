//! Whatever the order, the batches and the repetitions, the store holds the same.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::backend::Reading;
use crate::fact::FactKey;

fn any_fact() -> impl Strategy<Value = Fact> {
    (0..4_u8, 0..3_u8, 0..4_i64, prop::bool::weighted(0.2)).prop_map(|(name, why, seconds, gone)| {
        let fact = mark(&format!("1.{name}"), &why.to_string(), seconds);
        if gone { withdrawn(&fact, seconds) } else { fact }
    })
}

/// The definition: of each key, the fact that supersedes all others, unless that says that it is gone.
fn fold(facts: &[Fact]) -> Vec<Fact> {
    let mut held: BTreeMap<FactKey, &Fact> = BTreeMap::new();
    for fact in facts {
        let entry = held.entry(fact.key()).or_insert(fact);
        if fact.supersedes(entry) {
            *entry = fact;
        }
    }
    held.into_values().filter(|fact| !is_withdrawn(fact)).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn facts_are_equal_whatever_their_order_batches_and_replay(
        (facts, shuffled) in prop::collection::vec(any_fact(), 0..24)
            .prop_flat_map(|facts| (Just(facts.clone()), Just([facts.clone(), facts].concat()).prop_shuffle())),
        batch in 1..10_usize,
    ) {
        let (_dir, store) = fresh();
        let mut followed: BTreeMap<FactKey, Fact> = BTreeMap::new();
        for part in shuffled.chunks(batch) {
            let reading = Reading { facts: part.to_vec(), ..Reading::default() };
            let applied = store.apply(&source(), &reading).unwrap();
            followed.extend(applied.changed.into_iter().map(|fact| (fact.key(), fact)));
        }
        let expected = fold(&facts);
        prop_assert_eq!(&store.facts().unwrap().0, &expected);

        // Whoever followed what changed has the same bodies.
        let bodies: Vec<Body> = followed.into_values().filter(|it| !is_withdrawn(it)).map(|it| it.body).collect();
        prop_assert_eq!(bodies, expected.into_iter().map(|it| it.body).collect::<Vec<_>>());
    }
}
