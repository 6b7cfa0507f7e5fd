"""An ordinary folder as a remote: a USB disk, a mounted share, another NAS.

`base_folder` is whose it is, held open while a run goes on; `listing` is what lies in it;
`backend` stands on both, and does there what a plan asks for.
"""
