/* SPDX-License-Identifier: BSD-2-Clause */
/* RTAS status words, LoPAR 7.2.8. */
#ifndef RTAS_STATUS_H
#define RTAS_STATUS_H

enum rtas_status {
	RTAS_SUCCESS = 0,
	RTAS_NO_EVENT = 1,
	RTAS_CONTINUE = 1,	/* there is more: call again */
	RTAS_NO_INTERRUPT = 1,
	RTAS_HARDWARE_ERROR = -1,
	RTAS_BUSY = -2,
	RTAS_PARAMETER_ERROR = -3,
	/* It is open already, or not by who calls. */
	RTAS_ERRINJCT_DENIED = -4,
	RTAS_TOO_SMALL = -5,
	RTAS_UNEXPECTED_STATE = -7,
	RTAS_NO_FUNDAMENTAL_RESET = -8,
	RTAS_NO_FIRMWARE = -9001,
	RTAS_NOT_AUTHORIZED = -9002,
	RTAS_NOT_CONFIGURABLE = -9003,
	RTAS_SYSPARM_PARAM_ERROR = -9999,
};

#endif
