// Package fit turns a likelihood into an estimate that can be believed, or into
// a refusal that says why there is none.
//
// Rules: parameters are positive and are searched on the log scale, from
// several starts, with analytic gradients. An interior maximum is accepted only
// if the gradient vanishes, everything is finite, every |ln θ| is below
// MaxLogParameter and the smallest eigenvalue of the negative Hessian in logs
// exceeds MinEigenvalue. Anything else is a *Refusal: a value with a code,
// plain words, and what to do. Nothing is logged, nothing is random unless a
// seed is given, and the same input gives the same bits.
//
// How sure an estimate is: Profile gives intervals of parameters, Estimate.Draws and
// Bootstrap give parameters to see what follows from them.
package fit
