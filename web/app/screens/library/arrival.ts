/** With which intent somebody comes to the library; read once by the field that it is for. */
export const arrival = { toSearch: false };
