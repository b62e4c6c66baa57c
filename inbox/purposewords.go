package inbox

import (
	"strings"
	"unicode"
)

// What links say, in English, German, French, Spanish and Dutch, as words
// returns it: in lower case and without accents.

//nolint:gochecknoglobals // constants
var (
	fillers = strings.Fields(`a an the please yes now just click clicking tap press follow visit go here this link button on to by your i and or below url page
		bitte hier klicken jetzt diesen dem auf sie um den zu ja cliquez cliquer ici sur ce lien pour maintenant veuillez oui
		haga haz clic aqui en este enlace para por favor si pulsa klik hier op deze link om te nu ja je uw`)

	unsubscribeWords = strings.Fields(`unsubscribe unsubscribing unsubscribed abmelden abbestellen abbestellung austragen abmeldung desabonner desabonnement desinscrire
		desinscription desuscribir desuscribirse desuscribirme afmelden uitschrijven uitschrijving`)
	unsubscribePhrases = []string{
		"opt out", "stop receiving", "stop these emails", "no longer wish to receive", "no longer want to receive", "darse de baja", "darme de baja", "date de baja",
		"cancelar la suscripcion", "cancelar suscripcion", "cancelar tu suscripcion", "ne plus recevoir", "leave this list", "leave this mailing list",
	}

	orderWords = strings.Fields(`order orders booking bookings reservation appointment attendance payment payments delivery purchase checkout rsvp shipment
		bestellung bestellungen buchung termin lieferung zahlung commande commandes paiement livraison pedido pedidos compra pago reserva cita
		bestelling bestellingen betaling levering boeking afspraak`)

	passwordWords = strings.Fields(`password passwords passcode passwort kennwort passe contrasena clave wachtwoord`)
	resetWords    = strings.Fields(`reset resets resetting change forgot forgotten recover zurucksetzen zuruckzusetzen zuruecksetzen andern vergessen reinitialiser reinitialisez reinitialisation changer
		modifier restablecer restablece cambiar recuperar resetten herstellen instellen wijzigen wijzig opnieuw`)
	createWords = strings.Fields(`set create choose new festlegen wahlen neues creer choisir nouveau definir crear elegir nueva establecer kies kiezen nieuw instellen`)

	inviteNouns    = strings.Fields(`invite invites invitation invited inviting einladung eingeladen invitacion invitado invitada invite invitee uitnodiging uitgenodigd`)
	acceptWords    = strings.Fields(`accept view open see annehmen akzeptieren ansehen offnen accepter acceptez voir aceptar acepta ver accepteren accepteer bekijk bekijken aannemen`)
	notInviteWords = strings.Fields(`invite decline ablehnen einladen refuser inviter rechazar invitar weigeren uitnodigen`)
	joinWords      = strings.Fields(`join beitreten rejoindre rejoignez rejoins unirse unirme unete deelnemen neem`)

	meetingWords = strings.Fields(`meeting call webinar zoom event live stream livestream us conversation discussion waitlist friends community video besprechung reunion llamada
		vergadering`)

	verifyWords = strings.Fields(`verify verifying confirm confirming activate activating validate verifizieren verifiziere bestatigen bestatige bestaetigen aktivieren aktiviere freischalten
		verifier verifiez verifie confirmer confirmez confirme activer activez valider validez
		verificar verifica verifique confirmar confirma activar activa active validar valida
		bevestigen bevestig verifieren verifieer activeren activeer`)
	signInWords = strings.Fields(`sign signin log login anmelden einloggen connecter connectez connexion iniciar inicia acceder accede entrar inloggen aanmelden`)
)

// words returns the first words of a text, in lower case and without accents.
func words(s string, most int) []string {
	var list []string
	start := -1
	for i, r := range s {
		in := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
		switch {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			list = append(list, plainWord(s[start:i]))
			start = -1
		}
		if len(list) == most {
			return list
		}
	}
	if start >= 0 {
		list = append(list, plainWord(s[start:]))
	}
	return list
}

// plainWord returns a word in lower case and without the accents of the languages
// that are known here.
func plainWord(word string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); r {
		case 'à', 'á', 'â', 'ã', 'ä', 'å':
			return 'a'
		case 'è', 'é', 'ê', 'ë':
			return 'e'
		case 'ì', 'í', 'î', 'ï':
			return 'i'
		case 'ò', 'ó', 'ô', 'õ', 'ö', 'ø':
			return 'o'
		case 'ù', 'ú', 'û', 'ü':
			return 'u'
		case 'ç':
			return 'c'
		case 'ñ':
			return 'n'
		}
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, word)
}
