"""Cuts that a detector of PySceneDetect finds at its defaults, as a JSON list of
microseconds: pyscenedetect.py FILE DETECTOR. Without arguments, its version."""

import json
import sys

import scenedetect


def main() -> None:
    if len(sys.argv) < 3:
        print(scenedetect.__version__)
        return
    detector = getattr(scenedetect, sys.argv[2])()
    scenes = scenedetect.detect(sys.argv[1], detector)
    print(json.dumps([round(start.seconds * 1_000_000) for start, _ in scenes[1:]]))


main()
