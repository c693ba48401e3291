#!/usr/bin/env python3
"""Makes a CIFAR-10 folder on which settings can be chosen without the test set.

    development_set.py CIFAR10_FOLDER TO [--imbalance long-tailed|step] [--rho 100] [--seed 0]

Its training files hold what the tool keeps of CIFAR-10 for `data.imbalance`, `data.rho` and `data.seed`, and its test
file up to 500 official training images of each class that were left out. A class of which less than 250 are left out
gives up training images until there are 250. The official test images are in neither. Train on the folder with
`--set data.imbalance=natural`, and set `mfw.beta`, which is chosen by the kind of imbalance otherwise.
"""
import argparse
import pathlib

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
RECORD, CLASSES, MOST, LEAST = 3073, 10, 500, 250
IMBALANCE, DEVELOPMENT = 6, 7  # Purposes of draws: which images are kept, and which are held out.


def scramble(value):
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & MASK
    return value ^ (value >> 31)


class Stream:
    """The tool's keyed draws: SplitMix64 from a key of seed, purpose, epoch and position."""

    def __init__(self, seed, purpose, position):
        key = scramble((seed + GOLDEN) & MASK)
        key = scramble(key ^ (purpose * 0xD1B54A32D192ED03 & MASK))
        key = scramble(key)  # Epoch 0.
        self.state = scramble(key ^ (position * 0x8CB92BA72F3D8DD7 & MASK))

    def bits(self):
        self.state = (self.state + GOLDEN) & MASK
        return scramble(self.state)

    def integer(self, bound):
        product = self.bits() * bound
        if product & MASK < bound:
            threshold = (MASK + 1 - bound) % bound
            while product & MASK < threshold:
                product = self.bits() * bound
        return product >> 64

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            j = self.integer(i + 1)
            items[i], items[j] = items[j], items[i]


def kept_counts(kind, rho, largest):
    if kind == 'step':
        return [largest if c < CLASSES // 2 else int(largest / rho * (1 + 1e-12)) for c in range(CLASSES)]
    return [int(largest * rho ** (-c / (CLASSES - 1)) * (1 + 1e-12)) for c in range(CLASSES)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('source', type=pathlib.Path)
    parser.add_argument('to', type=pathlib.Path)
    parser.add_argument('--imbalance', choices=['long-tailed', 'step'], default='long-tailed')
    parser.add_argument('--rho', type=float, default=100)
    parser.add_argument('--seed', type=int, default=0)
    asked = parser.parse_args()

    whole = b''.join((asked.source / f'data_batch_{i}.bin').read_bytes() for i in range(1, 6))
    records = [whole[at:at + RECORD] for at in range(0, len(whole), RECORD)]
    of_class = [[i for i, record in enumerate(records) if record[0] == c] for c in range(CLASSES)]
    counts = kept_counts(asked.imbalance, asked.rho, min(len(own) for own in of_class))

    train, development = [], []
    for c, own in enumerate(of_class):
        Stream(asked.seed, IMBALANCE, c).shuffle(own)
        kept, left = own[:counts[c]], own[counts[c]:]
        Stream(asked.seed, DEVELOPMENT, c).shuffle(left)
        given_up = max(0, LEAST - len(left))
        train += kept[:len(kept) - given_up]
        development += (left + kept[len(kept) - given_up:])[:MOST]

    asked.to.mkdir(parents=True)
    train.sort()
    fifth = -(-len(train) // 5)
    for i in range(5):
        part = train[i * fifth:(i + 1) * fifth]
        (asked.to / f'data_batch_{i + 1}.bin').write_bytes(b''.join(records[at] for at in part))
    (asked.to / 'test_batch.bin').write_bytes(b''.join(records[at] for at in sorted(development)))
    (asked.to / 'batches.meta.txt').write_bytes((asked.source / 'batches.meta.txt').read_bytes())
    for name, chosen in ('training', train), ('development', development):
        print(name, len(chosen), [sum(records[at][0] == c for at in chosen) for c in range(CLASSES)])


if __name__ == '__main__':
    main()
