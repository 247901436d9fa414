#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=NonIndexed
#SBATCH --job-name=volumes
#SBATCH --array=0
#SBATCH --requeue
#SBATCH --open-mode=append
apiVersion: batch/v1
kind: Job
metadata:
  name: volumes
spec:
  backoffLimit: 6
  completionMode: NonIndexed
  completions: 1
  manualSelector: false
  parallelism: 1
  podReplacementPolicy: TerminatingOrFailed
  suspend: false
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - "true"
        image: busybox
        imagePullPolicy: Always
        name: main
        resources: {}
        securityContext:
          readOnlyRootFilesystem: true
          runAsUser: 1000
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
        volumeMounts:
        - mountPath: /scratch
          name: scratch
        - mountPath: /etc/app/app.conf
          mountPropagation: None
          name: conf
          readOnly: true
          subPath: app.conf
        - mountPath: /data
          mountPropagation: HostToContainer
          name: data
      dnsPolicy: ClusterFirst
      hostname: pod
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
      volumes:
      - emptyDir: {}
        name: scratch
      - emptyDir:
          medium: Memory
          sizeLimit: 1Gi
        name: memory
      - configMap:
          defaultMode: 420
          name: conf
        name: conf
      - name: password
        secret:
          defaultMode: 256
          secretName: password
      - downwardAPI:
          defaultMode: 420
          items:
          - fieldRef:
              apiVersion: v1
              fieldPath: metadata.labels
            path: labels
        name: labels
      - name: all
        projected:
          defaultMode: 420
          sources:
          - configMap:
              name: conf
          - secret:
              name: password
      - hostPath:
          path: /data
          type: Directory
        name: data
      - name: home
        nfs:
          path: /export/home
          server: files
      - name: claim
        persistentVolumeClaim:
          claimName: claim
