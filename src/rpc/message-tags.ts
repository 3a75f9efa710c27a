/** Union tags of `Message`; separate constants, so that the bundler inlines the numbers. */
export const UNIMPLEMENTED = 0;
export const ABORT = 1;
export const CALL = 2;
export const RETURN = 3;
export const FINISH = 4;
export const RESOLVE = 5;
export const RELEASE = 6;
export const BOOTSTRAP = 8;
export const DISEMBARGO = 13;
