// Package warehousetest is the suite that every engine of the warehouse contract
// passes: Loading, what becomes of files, and Reading, what is asked of the records
// that they make. It knows engines through the contract alone, and checks them
// against a plain reference that is computed customer by customer.
package warehousetest
